import { Injectable } from '@nestjs/common';
import type { Component } from '../world/model.js';
import { newTicket } from '../world/random.js';
import { World } from '../world/world.service.js';
import { type PushOrder, PushService, type PushTicket } from './push.service.js';

/** component_verify_ticket: made, pushed on an interval, checked (authorization reference §2.2). */
@Injectable()
export class TicketService {
  private readonly cancels = new Map<string, () => void>();

  constructor(
    private readonly world: World,
    private readonly pushes: PushService,
  ) {
    world.onReset(() => this.cancels.clear());
    world.onWake(() => {
      for (const component of world.components.values()) {
        if (this.cancels.has(component.appid)) continue;
        // Whoever takes the pushes may be starting as well.
        component.ticketAccepted = false;
        this.start(component);
      }
    });
  }

  /** Pushes now and then on the component's interval, until stopped. */
  start(component: Component): void {
    this.stop(component);
    if (!component.options.ticket_push) return;
    const { done } = this.push(component);
    void done.then((record) => {
      if (!record.delivered) this.retryFirst(component);
    });
    this.schedule(component);
  }

  stop(component: Component): void {
    this.cancels.get(component.appid)?.();
    this.cancels.delete(component.appid);
  }

  push(component: Component, more: Partial<PushOrder> = {}): PushTicket {
    const now = this.world.now;
    const ticket = { value: newTicket(), expiresAt: now + this.world.settings.ticket_s * 1000 };
    while (component.tickets[0] && component.tickets[0].expiresAt < now - 86_400_000) component.tickets.shift();
    component.tickets.push(ticket);
    if (component.tickets.length > 500) component.tickets.shift();
    return this.pushes.event(
      component,
      'component_verify_ticket',
      { ComponentVerifyTicket: ticket.value },
      {
        ...more,
        onDone: (record) => {
          if (record.delivered) component.ticketAccepted = true;
        },
      },
    );
  }

  private schedule(component: Component): void {
    const cancel = this.world.clock.after(component.options.ticket_interval_s, () => {
      this.push(component);
      this.schedule(component);
    });
    this.cancels.set(component.appid, cancel);
  }

  /** A receiver that starts a moment after the sandbox should not have to wait ten minutes. */
  private retryFirst(component: Component): void {
    const { ticket_first_retry_s: pause } = component.options;
    if (pause === 0) return;
    const timer = setTimeout(() => {
      const alive = this.world.components.get(component.appid) === component && this.cancels.has(component.appid);
      if (!alive || component.ticketAccepted) return;
      void this.push(component).done.then((record) => {
        if (!record.delivered) this.retryFirst(component);
      });
    }, pause * 1000);
    timer.unref();
  }
}
