import { Injectable } from '@nestjs/common';
import { CallRecorder } from '../calls/recorder.service.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type ApiCall, type EitherCall, type Json, OK, text } from '../protocol/route.js';
import { World } from '../world/world.service.js';
import { Quotas } from './quotas.service.js';

const RID = /^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/;
const RID_LIFE_MS = 7 * 86_400_000;

/** Quota and diagnosis (authorization reference §5.8). */
@Injectable()
export class QuotasApi {
  constructor(
    private readonly registry: ApiRegistry,
    private readonly world: World,
    private readonly quotas: Quotas,
    private readonly recorder: CallRecorder,
  ) {
    registry.add(
      { method: 'POST', path: '/cgi-bin/clear_quota', token: 'either', handle: (call) => this.clear(call) },
      { method: 'POST', path: '/cgi-bin/component/clear_quota/v2', token: 'none', handle: (call) => this.clearBySecret(call) },
      { method: 'POST', path: '/cgi-bin/openapi/quota/get', token: 'either', handle: (call) => this.read(call) },
      { method: 'POST', path: '/cgi-bin/openapi/quota/clear', token: 'either', handle: (call) => this.clearPath(call) },
      { method: 'POST', path: '/cgi-bin/openapi/rid/get', token: 'either', handle: (call) => this.rid(call) },
      {
        method: 'GET',
        path: '/cgi-bin/getcallbackip',
        token: 'either',
        handle: () => ({ ip_list: ['127.0.0.1', '101.226.103.0/25'] }),
      },
      { method: 'GET', path: '/cgi-bin/get_api_domain_ip', token: 'either', handle: () => ({ ip_list: ['127.0.0.1'] }) },
      { method: 'POST', path: '/cgi-bin/callback/check', token: 'either', handle: (call) => checkCallback(call) },
    );
  }

  private clear(call: EitherCall): Json {
    const account = accountOf(call);
    refuse(text(call.body['appid']) !== account, 40013);
    this.quotas.clear(account);
    return OK;
  }

  private clearBySecret(call: ApiCall): Json {
    const named = text(call.body['component_appid']);
    refuse(!named, 41002);
    refuse(!text(call.body['appsecret']), 41004);
    const component = this.world.components.get(named);
    if (!component) throw new ApiError(40013);
    refuse(call.body['appsecret'] !== component.options.component_appsecret, 40125);
    const authorizer = text(call.body['appid']);
    // "43007 (not authorised)": fleet reference §4.2.
    const authorization = component.authorizations.get(authorizer);
    refuse(authorizer && (!authorization || authorization.cancelled), 43007);
    this.quotas.clear(authorizer || component.appid);
    return OK;
  }

  private read(call: EitherCall): Json {
    return { ...OK, ...this.quotas.read(this.countedPath(call), accountOf(call)) };
  }

  private clearPath(call: EitherCall): Json {
    const path = this.countedPath(call);
    // Whether it counts into the ten is not said (fleet reference §4.2).
    if (this.world.settings.path_clear_counts) this.quotas.useClear(accountOf(call));
    this.quotas.clearPath(path, accountOf(call));
    return OK;
  }

  /** The path asked about: it must exist and take the kind of token that asks. */
  private countedPath(call: EitherCall): string {
    const path = text(call.body['cgi_path']);
    refuse(!path.startsWith('/'), 76003);
    refuse(path.startsWith('/sns/'), 76022);
    const [route] = this.registry.find(path) ?? [];
    if (!route) throw new ApiError(76021);
    refuse(route.token === 'authorizer' && !call.authorization, 76022);
    refuse(route.token === 'component' && call.authorization, 76022);
    return path;
  }

  private rid(call: EitherCall): Json {
    const rid = text(call.body['rid']);
    refuse(!RID.test(rid), 76002);
    const record = this.recorder.find(rid);
    if (!record || record.at_ms < this.world.now - RID_LIFE_MS) throw new ApiError(76001);
    refuse(record.path.startsWith('/sns/'), 76022);
    refuse((record.appid || record.component_appid) !== accountOf(call), 76003);
    return {
      ...OK,
      request: {
        invoke_time: Math.floor(record.at_ms / 1000),
        cost_in_ms: record.ms,
        request_url: record.query,
        request_body: record.request,
        response_body: record.response,
        client_ip: record.ip,
      },
    };
  }
}

/** Fleet reference §4.5: what it tests is the account's own URL, of which the sandbox knows one address. */
function checkCallback(call: EitherCall): Json {
  const { action, check_operator: operator } = call.body;
  refuse(!['dns', 'ping', 'all'].includes(text(action)), 40202);
  refuse(!['CHINANET', 'UNICOM', 'CAP', 'DEFAULT'].includes(text(operator)), 40203);
  const dns = [{ ip: '127.0.0.1', real_operator: 'UNICOM' }];
  const ping = [{ ip: '127.0.0.1', from_operator: 'CHINANET', package_loss: '0%', time: '23.079ms' }];
  return { ...OK, ...(action === 'ping' ? {} : { dns }), ...(action === 'dns' ? {} : { ping }) };
}

const accountOf = (call: EitherCall): string => call.authorization?.merchant.appid ?? call.component.appid;
