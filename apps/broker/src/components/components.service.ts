import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccessTokenEntity } from '#persistence';
import { type Client, type Component, ComponentRegistry, mayUseComponent, wholePage } from '#service';
import { TicketRepository } from '../tickets/ticket.repository.js';
import type { ComponentPage, ComponentView } from './components.dto.js';

/** How each component of this deployment is doing, at a glance. Shows no secret and asks WeChat nothing. */
@Injectable()
export class ComponentsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly components: ComponentRegistry,
    private readonly tickets: TicketRepository,
  ) {}

  async list(client: Client): Promise<ComponentPage> {
    return wholePage(
      await Promise.all(
        this.components.all
          .filter(({ componentAppid }) => mayUseComponent(client, componentAppid))
          .map((component) => this.describe(component, client)),
      ),
    );
  }

  get(componentAppid: string, client: Client): Promise<ComponentView> {
    return this.describe(this.components.require(componentAppid), client);
  }

  /** Counts those authorizers that the client may see. */
  private async describe({ componentAppid, name }: Component, client: Client): Promise<ComponentView> {
    const visible = client.authorizers ? ' AND authorizer_appid IN (?)' : '';
    const [ticketAge, token, states] = await Promise.all([
      this.tickets.ageS(componentAppid),
      this.dataSource.getRepository(AccessTokenEntity).findOneBy({ componentAppid, authorizerAppid: '', kind: 'component' }),
      this.dataSource.query(
        `SELECT state, COUNT(*) AS n FROM f_wechat_authorizer WHERE component_appid = ?${visible} GROUP BY state`,
        [componentAppid, ...(client.authorizers ? [['', ...client.authorizers]] : [])],
      ) as Promise<{ state: string; n: string }[]>,
    ]);
    return {
      component_appid: componentAppid,
      name: name ?? null,
      ticket_age: ticketAge ?? null,
      token: {
        expires_in: token?.expiresAt ? Math.max(0, Math.floor((token.expiresAt.getTime() - Date.now()) / 1_000)) : null,
        refreshed_at: token?.refreshedAt?.toISOString() ?? null,
        failures: token?.failures ?? 0,
        problem: problemOf(token?.failure ?? null),
      },
      authorizers: Object.fromEntries(states.map(({ state, n }) => [state, Number(n)])),
    };
  }
}

function problemOf(failure: string | null): string | null {
  if (failure === null) return null;
  try {
    const { code, errcode } = JSON.parse(failure) as { code: string; errcode?: number };
    return errcode === undefined ? code : `${code} (${errcode})`;
  } catch {
    return 'unknown';
  }
}
