import { Injectable } from '@nestjs/common';
import { ComponentsService } from './components/components.service.js';
import { MerchantsService } from './merchants/merchants.service.js';
import type { SandboxSetup } from './sandbox.config.js';
import { TemplatesService } from './templates/templates.service.js';
import { World } from './world/world.service.js';

/** Fills a fresh sandbox from the configuration file. */
@Injectable()
export class SetupService {
  constructor(
    private readonly world: World,
    private readonly components: ComponentsService,
    private readonly merchants: MerchantsService,
    private readonly templates: TemplatesService,
  ) {}

  apply(setup: SandboxSetup): void {
    Object.assign(this.world.settings, defined(setup.settings ?? {}));
    for (const component of setup.components) this.components.create(defined(component));
    for (const merchant of setup.merchants) this.merchants.create(defined(merchant));
    for (const { component_appid: appid, template_type: type, ...upload } of setup.templates) {
      const component = this.world.component(appid);
      this.templates.add(component, this.templates.upload(component, upload), type ?? 0);
    }
  }
}

const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
