import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Audited, type Client, ComponentPath, CurrentClient, Needs, requireUnrestrictedClient } from '#service';
import {
  CreateRegistrationRequest,
  RegistrationDetailsView,
  RegistrationPage,
  RegistrationPath,
  RegistrationSearch,
  RegistrationView,
} from './registrations.dto.js';
import { RegistrationsService } from './registrations.service.js';

@ApiTags('registrations')
@Controller('v1/components/:component_appid/registrations')
export class RegistrationsController {
  constructor(private readonly registrations: RegistrationsService) {}

  /**
   * Registers a mini program, or converts a trial one. The same request once more, while the first is open, answers that one. A person
   * finishes it on `page_url`.
   */
  @Post()
  @Needs('registrations.write')
  @Audited('registration.create', { entry: ({ answer }) => ({ subject: textOf(answer?.['registration_id']) }) })
  create(
    @Param() { component_appid }: ComponentPath,
    @Body() body: CreateRegistrationRequest,
    @CurrentClient() client: Client,
  ): Promise<RegistrationView> {
    requireUnrestrictedClient(client);
    return this.registrations.create(component_appid, client, body);
  }

  /** Registrations, newest first. */
  @Get()
  @Needs('registrations.read')
  list(
    @Param() { component_appid }: ComponentPath,
    @Query() query: RegistrationSearch,
    @CurrentClient() client: Client,
  ): Promise<RegistrationPage> {
    requireUnrestrictedClient(client);
    return this.registrations.list(component_appid, query);
  }

  /** One registration with what was asked for and its history. */
  @Get(':registration_id')
  @Needs('registrations.read')
  get(@Param() path: RegistrationPath, @CurrentClient() client: Client): Promise<RegistrationDetailsView> {
    requireUnrestrictedClient(client);
    return this.registrations.get(path.component_appid, path.registration_id);
  }

  /** Begins it anew with the same data: after a refusal, after its end, or because WeChat's page failed. `page_url` stays. */
  @Post(':registration_id/renew')
  @HttpCode(200)
  @Needs('registrations.write')
  @Audited('registration.renew')
  renew(@Param() path: RegistrationPath, @CurrentClient() client: Client): Promise<RegistrationView> {
    requireUnrestrictedClient(client);
    return this.registrations.renew(path.component_appid, path.registration_id, client);
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);
