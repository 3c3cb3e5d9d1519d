import { Injectable } from '@nestjs/common';
import { ApiRegistry } from '../protocol/api-registry.js';
import type { AuthorizerCall } from '../protocol/route.js';
import { OK } from '../protocol/route.js';

const NOT_FILED = 1024;

/** The ICP filing of a mini program (release reference §6.8); what it is, is a field of the merchant. */
@Injectable()
export class FilingApi {
  constructor(registry: ApiRegistry) {
    registry.add({
      token: 'authorizer',
      sets: [18, 156],
      method: 'GET',
      path: '/wxa/icp/get_icp_entrance_info',
      handle: ({ merchant }: AuthorizerCall) => ({
        ...OK,
        info: { status: merchant.icp_status, is_canceling: false, available: merchant.icp_status >= NOT_FILED ? 1 : 0 },
      }),
    });
  }
}
