import { Injectable } from '@nestjs/common';
import { ComponentsService } from './components/components.service.js';
import type { SandboxSetup } from './config/sandbox.config.js';
import { MerchantsService } from './merchants/merchants.service.js';
import { TemplatesService } from './templates/templates.service.js';
import { World } from './world/world.service.js';

/** Fills the sandbox from the configuration file: what it names of a component that is there already counts, merchants stay as they are. */
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
    const known = new Set(this.world.components.keys());
    for (const component of setup.components) {
      const former = this.world.components.get(component.component_appid);
      if (former) Object.assign(former.options, structuredClone(defined(component)));
      else this.components.create(defined(component));
    }
    for (const merchant of setup.merchants)
      if (!this.world.merchants.has(merchant.appid)) this.merchants.create(defined(merchant));
    for (const { component_appid: appid, template_type: type, ...upload } of setup.templates) {
      if (known.has(appid)) continue;
      const component = this.world.component(appid);
      this.templates.add(component, this.templates.upload(component, upload), type ?? 0);
    }
    this.world.wake();
  }
}

const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
