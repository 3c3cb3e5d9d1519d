import { type CanActivate, type ExecutionContext, Injectable, type PipeTransform } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ComponentPath, ComponentRegistry, clientOf, RequestPipe, requireUnrestrictedClient } from '#service';
import { OnboardingPath } from './onboarding.dto.js';
import { OnboardingService } from './onboarding.service.js';
import { OnboardingWatch } from './onboarding-watch.js';

/** A stream of events answers 200 before its first event: who may not watch, watches too much or nothing, is told before it begins. */
@Injectable()
export class MayWatchOnboardings implements CanActivate {
  private readonly pipe: PipeTransform = new RequestPipe();

  constructor(
    private readonly onboardings: OnboardingService,
    private readonly components: ComponentRegistry,
    private readonly watch: OnboardingWatch,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { raw } = context.switchToHttp().getResponse<FastifyReply>();
    requireUnrestrictedClient(clientOf(request));
    const { onboarding_id } = request.params as { onboarding_id?: string };
    const metatype = onboarding_id === undefined ? ComponentPath : OnboardingPath;
    const path = (await this.pipe.transform(request.params, { type: 'param', metatype })) as OnboardingPath;
    this.components.require(path.component_appid);
    if (onboarding_id !== undefined) await this.onboardings.get(path.component_appid, onboarding_id);
    this.watch.streams.enter(clientOf(request), raw);
    return true;
  }
}
