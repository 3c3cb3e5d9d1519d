import { Global, Module } from '@nestjs/common';
import { ApiSecurityController } from '../api-security/api-security.controller.js';
import { ApiSecurityStore } from '../api-security/api-security.store.js';
import { CallsController } from '../calls/calls.controller.js';
import { CallRecorder } from '../calls/recorder.service.js';
import { ClockController } from '../clock/clock.controller.js';
import { ClockService } from '../clock/clock.service.js';
import { FaultBook } from '../faults/fault-book.service.js';
import { FaultsController } from '../faults/faults.controller.js';
import { Memory } from '../memory/memory.service.js';
import { ApiRegistry } from '../protocol/api-registry.js';
import { QuotasApi } from '../quotas/quotas.api.js';
import { QuotasController } from '../quotas/quotas.controller.js';
import { Quotas } from '../quotas/quotas.service.js';
import { World } from '../world/world.service.js';
import { AccessService } from './access.service.js';
import { Dispatcher } from './dispatcher.service.js';

const shared = [ClockService, World, Memory, ApiSecurityStore, CallRecorder, FaultBook, Quotas, ApiRegistry, AccessService];

/** What every feature stands on: the state, the clock, the way a call takes. */
@Global()
@Module({
  providers: [...shared, Dispatcher, QuotasApi],
  controllers: [ApiSecurityController, ClockController, CallsController, FaultsController, QuotasController],
  exports: shared,
})
export class CoreModule {}
