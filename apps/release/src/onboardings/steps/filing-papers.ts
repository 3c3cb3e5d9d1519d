import { Injectable } from '@nestjs/common';
import type { FilingFormRequest } from '#broker-client';
import { WechatGateway } from '../../wechat/wechat-gateway.service.js';
import { type PaperUse, papersIn, withPapers } from '../papers.domain.js';
import type { Turn } from './step.js';

type Form = NonNullable<FilingFormRequest['form']>;

/** The form of a filing, with the papers at WeChat that it names. */
@Injectable()
export class FilingPapers {
  constructor(private readonly gateway: WechatGateway) {}

  /** Uploads what is not there yet. Each upload is remembered: a form that is applied with again names the same ones. */
  async upload(turn: Turn): Promise<void> {
    for (const use of papersIn(turn.data.filing)) {
      const file = await turn.paper(use.paper);
      const key = keyOf(use, file.sha256);
      if (turn.facts.filing_media?.[key] !== undefined) continue;
      const { media_id } = await this.gateway.byBroker((broker) =>
        broker.goingOnline.uploadFilingMedia(turn.app, file, use.field, use.certificateType),
      );
      await turn.remember({ filing_media: { ...turn.facts.filing_media, [key]: media_id } });
    }
  }

  async form(turn: Turn, verifyTaskId: string): Promise<Form> {
    const hashes = new Map<string, string>();
    for (const { paper } of papersIn(turn.data.filing))
      if (!hashes.has(paper)) hashes.set(paper, (await turn.paper(paper)).sha256);
    const media = (use: PaperUse) => turn.facts.filing_media?.[keyOf(use, hashes.get(use.paper)!)] ?? '';
    const form = withPapers(turn.data.filing, media) as Record<string, Record<string, Record<string, unknown>>>;
    const applets = form['icp_applets'] ?? {};
    const principal_info = { ...applets['principal_info'], verify_task_id: verifyTaskId };
    return { ...form, icp_applets: { ...applets, principal_info } } as unknown as Form;
  }
}

/** WeChat reads a certificate by its type: the same picture with another one is another upload. */
const keyOf = ({ paper, certificateType }: PaperUse, sha256: string): string =>
  `${paper} ${certificateType ?? '-'} ${sha256.slice(0, 8)}`;
