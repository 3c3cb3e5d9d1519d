import { type CanActivate, type ExecutionContext, Injectable, type PipeTransform } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientOf, RequestPipe } from '#service';
import { RolloutPath } from './rollout.dto.js';
import { RolloutService } from './rollout.service.js';
import { RolloutWatch } from './rollout-watch.js';

/** A stream of events answers 200 before its first event: who may not watch, watches too much or nothing, is told before it begins. */
@Injectable()
export class MayWatch implements CanActivate {
  private readonly pipe: PipeTransform = new RequestPipe();

  constructor(
    private readonly rollouts: RolloutService,
    private readonly watch: RolloutWatch,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { raw } = context.switchToHttp().getResponse<FastifyReply>();
    const path = (await this.pipe.transform(request.params, { type: 'param', metatype: RolloutPath })) as RolloutPath;
    await this.rollouts.get(path.rollout_id, clientOf(request));
    this.watch.streams.enter(clientOf(request), raw);
    return true;
  }
}
