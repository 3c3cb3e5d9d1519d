import { Injectable } from '@nestjs/common';
import { FILING } from '../filing/filing.service.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { ApiError, refuse } from '../protocol/errors.domain.js';
import { type AuthorizerCall, type Json, OK } from '../protocol/route.js';
import type { AppCode } from '../world/app-code.js';
import { World } from '../world/world.service.js';
import { grayPercentage, grayRunning, publish, revert } from './release.domain.js';
import { RevertAllowance } from './revert-allowance.service.js';

const CODE = { token: 'authorizer', sets: [18] } as const;

/** What is online: release, rollback, gray release, switches (release reference §2.14–§2.23, legal moves §5.1, §5.2). */
@Injectable()
export class ReleaseApi {
  constructor(
    registry: ApiRegistry,
    private readonly world: World,
    private readonly allowance: RevertAllowance,
  ) {
    registry.add(
      { method: 'POST', path: '/wxa/release', ...CODE, write: true, handle: (call: AuthorizerCall) => this.release(call) },
      { method: 'POST', path: '/wxa/getversioninfo', ...CODE, handle: (call: AuthorizerCall) => this.versions(call) },
      {
        method: 'GET',
        path: '/wxa/revertcoderelease',
        ...CODE,
        write: true,
        handle: (call: AuthorizerCall) => this.revert(call),
      },
      {
        method: 'POST',
        path: '/wxa/grayrelease',
        ...CODE,
        write: true,
        handle: (call: AuthorizerCall) => this.grayRelease(call),
      },
      { method: 'GET', path: '/wxa/getgrayreleaseplan', ...CODE, handle: (call: AuthorizerCall) => this.grayPlan(call) },
      {
        method: 'GET',
        path: '/wxa/revertgrayrelease',
        ...CODE,
        write: true,
        handle: (call: AuthorizerCall) => this.revertGray(call),
      },
      {
        method: 'POST',
        path: '/wxa/change_visitstatus',
        ...CODE,
        handle: (call: AuthorizerCall) => this.changeVisitStatus(call),
      },
      {
        method: 'POST',
        path: '/wxa/getvisitstatus',
        ...CODE,
        handle: (call: AuthorizerCall) => ({ ...OK, status: this.code(call).visible ? 1 : 0 }),
      },
      {
        method: 'POST',
        path: '/cgi-bin/wxopen/getweappsupportversion',
        ...CODE,
        handle: (call: AuthorizerCall) => this.library(call),
      },
      {
        method: 'POST',
        path: '/cgi-bin/wxopen/setweappsupportversion',
        ...CODE,
        handle: (call: AuthorizerCall) => this.setLibrary(call),
      },
    );
  }

  private release(call: AuthorizerCall): Json {
    const code = this.code(call);
    if (!code.ticket) throw new ApiError(code.online?.auditid === undefined ? 85019 : 85052);
    refuse(code.ticket.status !== 0, 85020);
    const { unfiled_release: unfiled } = this.world.settings;
    refuse(
      unfiled !== 0 && call.merchant.icp_status !== FILING.filed,
      unfiled,
      'the sandbox: not filed, and WeChat has not published the code',
    );
    publish(code, this.world.nowS);
    return OK;
  }

  private versions(call: AuthorizerCall): Json {
    const { trial, online } = this.code(call);
    return {
      ...OK,
      ...(trial && { exp_info: { exp_time: trial.commit_time, exp_version: trial.user_version, exp_desc: trial.user_desc } }),
      ...(online && {
        release_info: { release_time: online.release_time, release_version: online.user_version, release_desc: online.user_desc },
      }),
    };
  }

  private revert(call: AuthorizerCall): Json {
    const code = this.code(call);
    this.allowance.spend(code);
    // With both parameters WeChat lists and does not roll back.
    if (call.query['action'] === 'get_history_version') {
      return {
        ...OK,
        version_list: code.history.map(({ app_version, user_version, user_desc, commit_time }) => ({
          app_version,
          user_version,
          user_desc,
          commit_time,
        })),
      };
    }
    refuse(grayRunning(code), 87011);
    const wanted = call.query['app_version'];
    refuse(!revert(code, wanted === undefined ? undefined : Number(wanted), this.world.nowS), 87012);
    return OK;
  }

  private grayRelease(call: AuthorizerCall): Json {
    const code = this.code(call);
    refuse(!code.online, 85079);
    refuse(code.ticket?.status !== 0, 85080);
    const debuggers = call.body['support_debuger_first'] === true;
    const testers = call.body['support_experiencer_first'] === true;
    const percentage = grayPercentage(call.body['gray_percentage'], debuggers || testers);
    if (percentage === undefined) throw new ApiError(85081);
    refuse(grayRunning(code) && percentage <= code.gray!.gray_percentage, 85082);
    code.gray = {
      status: 1,
      create_timestamp: grayRunning(code) ? code.gray!.create_timestamp : this.world.nowS,
      gray_percentage: percentage,
      support_debuger_first: debuggers,
      support_experiencer_first: testers,
    };
    return OK;
  }

  private grayPlan(call: AuthorizerCall): Json {
    const { gray } = this.code(call);
    const none = {
      status: 0,
      create_timestamp: 0,
      gray_percentage: 0,
      support_debuger_first: false,
      support_experiencer_first: false,
    };
    return { ...OK, gray_release_plan: gray ?? none };
  }

  private revertGray(call: AuthorizerCall): Json {
    const code = this.code(call);
    refuse(!grayRunning(code), 85021, 'no gray release is running');
    code.gray!.status = 4;
    return OK;
  }

  private changeVisitStatus(call: AuthorizerCall): Json {
    const { action } = call.body;
    refuse(action !== 'open' && action !== 'close', 85022);
    const code = this.code(call);
    refuse(!code.online, 85021);
    code.visible = action === 'open';
    return OK;
  }

  private library(call: AuthorizerCall): Json {
    const items = [
      { version: '3.5.8', percentage: 61 },
      { version: '2.32.3', percentage: 39 },
    ];
    return { ...OK, now_version: this.code(call).library_version, uv_info: { items } };
  }

  private setLibrary(call: AuthorizerCall): Json {
    const version = call.body['version'];
    refuse(typeof version !== 'string' || !/^\d+\.\d+\.\d+$/.test(version), 89014);
    this.code(call).library_version = version as string;
    return OK;
  }

  private code(call: AuthorizerCall): AppCode {
    return this.world.appCode(call.merchant);
  }
}
