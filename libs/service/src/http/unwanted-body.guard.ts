import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import { DomainError } from './problems.js';

/** What Swagger's `@ApiConsumes` leaves at a handler that reads the request itself: an upload. */
export const CONSUMES = 'swagger/apiConsumes';

/**
 * A route that declares no body takes none: what a caller says there would be ignored, and the caller would believe that it was heard.
 * Members of declared bodies are looked at by the validation.
 */
@Injectable()
export class UnwantedBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (declaresBody(context.getClass(), context.getHandler())) return true;
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    if (isEmpty(body)) return true;
    const members = typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.keys(body) : [];
    if (members.length === 0) throw new DomainError('invalid-request', 'This route takes no body; send none.');
    throw new DomainError('invalid-request', `This route takes no body; it would ignore ${members.join(', ')}. Send none.`, {
      errors: members.map((field) => ({ field, message: `property ${field} should not exist` })),
    });
  }
}

/** Whether a handler has a parameter for the body, or says what kind of body it reads by itself. */
export function declaresBody(controller: object, handler: object & { readonly name: string }): boolean {
  const parameters: Record<string, unknown> = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, handler.name) ?? {};
  const body = `${RouteParamtypes.BODY}:`;
  return Object.keys(parameters).some((key) => key.startsWith(body)) || Reflect.hasMetadata(CONSUMES, handler);
}

function isEmpty(body: unknown): boolean {
  if (body === undefined || body === null || body === '') return true;
  return typeof body === 'object' && Object.keys(body).length === 0;
}
