import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In } from 'typeorm';
import { CertificateEntity, FilingEntity } from '#persistence';
import { CLOCK, type Clock } from '#service';
import { WechatGateway } from '../wechat/wechat-gateway.service.js';
import { type Obstacle, obstaclesOf, type Readiness } from './readiness.domain.js';

const NOTHING_KNOWN: Readiness = { status: null, isCanceling: false, smsStatus: null, certifiedUntil: null };
/** What the broker has read within this time is not asked for again. */
const BELIEVED_MS = 3_600_000;

/** Says what keeps mini programs from going online. The broker reads filings and certifications; here they are looked at. */
@Injectable()
export class ReadinessService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly gateway: WechatGateway,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** By appid, as the broker has read it; those that nothing keeps, or of which nothing is known, are left out. Asks nobody. */
  async known(componentAppid: string, appids: readonly string[]): Promise<Map<string, Obstacle[]>> {
    const [filings, certificates] = await Promise.all([
      this.dataSource.getRepository(FilingEntity).findBy({ componentAppid, authorizerAppid: In([...appids]) }),
      this.dataSource.getRepository(CertificateEntity).findBy({ componentAppid, authorizerAppid: In([...appids]) }),
    ]);
    const endOf = new Map(certificates.map((row) => [row.authorizerAppid, row.endsAt]));
    const filingOf = new Map(filings.map((row) => [row.authorizerAppid, row]));
    const now = new Date(this.clock.now());
    return new Map(
      [...new Set([...filingOf.keys(), ...endOf.keys()])]
        .map((appid) => [appid, obstaclesOf(readinessOf(filingOf.get(appid), endOf.get(appid)), now)] as const)
        .filter(([, obstacles]) => obstacles.length > 0),
    );
  }

  /** As WeChat has it, unless the broker has read it a moment ago. @throws WechatApiError, BrokerError */
  async of(componentAppid: string, authorizerAppid: string): Promise<Obstacle[]> {
    const where = { componentAppid, authorizerAppid };
    const [filing, certificate] = await Promise.all([
      this.dataSource.getRepository(FilingEntity).findOneBy(where),
      this.dataSource.getRepository(CertificateEntity).findOneBy(where),
    ]);
    const now = new Date(this.clock.now());
    const stored = readinessOf(filing ?? undefined, certificate?.endsAt);
    const isFresh = filing?.readAt != null && now.getTime() - filing.readAt.getTime() < BELIEVED_MS;
    if (isFresh && stored.status !== null) return obstaclesOf(stored, now);
    const { info } = await this.gateway.forAuthorizer(componentAppid, authorizerAppid, (api, { token, context }) =>
      api.filing.getEntranceInfo(token, context),
    );
    const read = {
      ...stored,
      status: info.status,
      isCanceling: info.is_canceling === true,
      smsStatus: info.sms_verify_status ?? null,
    };
    return obstaclesOf(read, now);
  }
}

function readinessOf(filing: FilingEntity | undefined, certifiedUntil: Date | null | undefined): Readiness {
  return {
    ...NOTHING_KNOWN,
    ...(filing && { status: filing.status, isCanceling: filing.isCanceling === 1, smsStatus: filing.smsStatus }),
    certifiedUntil: certifiedUntil ?? null,
  };
}
