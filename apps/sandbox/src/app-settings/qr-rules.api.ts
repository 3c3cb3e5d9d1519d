import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK, strings, text } from '../protocol/route.js';
import { beijingMonth } from '../world/beijing.js';
import { World } from '../world/world.service.js';
import { AppSettingsStore, type QrRule, useOne } from './app-settings.store.js';

const MOST_RULES = 20;
const PUBLISHES_A_MONTH = 100;
const MOST_DEBUG_URLS = 5;
const UNPUBLISHED = 1;
const PUBLISHED = 2;

/** Ordinary QR codes that open the mini program (release reference §6.7). */
@Injectable()
export class QrRulesApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly store: AppSettingsStore,
  ) {
    const route = { token: 'authorizer', sets: [18], method: 'POST' } as const;
    const open = '/cgi-bin/wxopen';
    registry.add(
      { ...route, path: `${open}/qrcodejumpadd`, handle: (call: AuthorizerCall) => this.add(call) },
      { ...route, path: `${open}/qrcodejumpget`, handle: (call: AuthorizerCall) => this.read(call) },
      {
        ...route,
        path: `${open}/qrcodejumpdownload`,
        handle: (call: AuthorizerCall) => ({
          ...OK,
          file_name: `${call.merchant.appid.slice(-10)}.txt`,
          file_content: call.merchant.user_name,
        }),
      },
      { ...route, path: `${open}/qrcodejumppublish`, handle: (call: AuthorizerCall) => this.publish(call) },
      { ...route, path: `${open}/qrcodejumpdelete`, handle: (call: AuthorizerCall) => this.delete(call) },
    );
  }

  /** A published rule cannot be edited. */
  private add(call: AuthorizerCall): Json {
    const { qrRules } = this.store.of(call.merchant);
    const { body } = call;
    const prefix = text(body['prefix']);
    refuse(!/^https?:\/\/[\w.-]+\.\w+(:\d+)?\/\S*$/.test(prefix), 85066);
    const debugUrls = strings(body['debug_url']);
    const subRule = Number(body['permit_sub_rule']);
    const version = Number(body['open_version']);
    refuse(![1, 2].includes(subRule) || ![1, 2, 3].includes(version) || !text(body['path']), 40097);
    refuse(debugUrls.length > MOST_DEBUG_URLS || debugUrls.some((url) => !url.startsWith(prefix)), 40097);
    const edit = Number(body['is_edit'] ?? 0) === 1;
    const held = qrRules.get(prefix);
    refuse(edit && (!held || held.state === PUBLISHED), 40097);
    refuse(!edit && held !== undefined, 85071);
    refuse(!edit && qrRules.size >= MOST_RULES, 85073);
    qrRules.set(prefix, {
      prefix,
      permit_sub_rule: subRule,
      path: text(body['path']),
      open_version: version,
      debug_url: debugUrls,
      state: UNPUBLISHED,
    });
    return OK;
  }

  private read(call: AuthorizerCall): Json {
    const { qrRules, qrPublished } = this.store.of(call.merchant);
    const wanted = strings(call.body['prefix_list']);
    let rules = [...qrRules.values()];
    if (call.body['get_type'] === 1) rules = rules.filter(({ prefix }) => wanted.includes(prefix));
    if (call.body['get_type'] === 2) {
      const size = Number(call.body['page_size']);
      const page = Number(call.body['page_num']);
      refuse(!(size >= 1 && size <= 200) || !(page >= 1), 40097);
      rules = rules.slice((page - 1) * size, page * size);
    }
    const used = qrPublished.month === beijingMonth(this.world.now) ? qrPublished.used : 0;
    return {
      ...OK,
      qrcodejump_open: qrRules.size > 0 ? 1 : 0,
      qrcodejump_pub_quota: PUBLISHES_A_MONTH - used,
      list_size: rules.length,
      total_count: qrRules.size,
      rule_list: rules,
    };
  }

  private publish(call: AuthorizerCall): Json {
    const rule = this.find(call);
    refuse(!call.merchant.code?.online, 85074);
    refuse(!useOne(this.store.of(call.merchant).qrPublished, beijingMonth(this.world.now), PUBLISHES_A_MONTH), 886000);
    rule.state = PUBLISHED;
    return OK;
  }

  private delete(call: AuthorizerCall): Json {
    this.store.of(call.merchant).qrRules.delete(this.find(call).prefix);
    return OK;
  }

  private find(call: AuthorizerCall): QrRule {
    const rule = this.store.of(call.merchant).qrRules.get(text(call.body['prefix']));
    if (!rule) throw new ApiError(85066);
    return rule;
  }
}
