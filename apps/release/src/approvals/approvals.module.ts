import { Global, Module } from '@nestjs/common';
import { ApprovalRepository } from './approval.repository.js';
import { ApprovalsController } from './approvals.controller.js';
import { Approvals } from './approvals.service.js';
import { ChangeRequests } from './change-requests.js';
import { Deciders } from './deciders.js';

/** Everything that changes something asks here. */
@Global()
@Module({
  controllers: [ApprovalsController],
  providers: [ApprovalRepository, Approvals, ChangeRequests, Deciders],
  exports: [Approvals, ChangeRequests, Deciders],
})
export class ApprovalsModule {}
