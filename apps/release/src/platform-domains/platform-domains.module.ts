import { Module } from '@nestjs/common';
import { PlatformDomainLists } from './platform-domains.service.js';

@Module({ providers: [PlatformDomainLists], exports: [PlatformDomainLists] })
export class PlatformDomainsModule {}
