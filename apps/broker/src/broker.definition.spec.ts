import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import type { ComponentRegistry } from '#service';
import { brokerDefinition } from './broker.definition.js';
import type { BrokerConfig } from './config/broker.config.js';
import { Retention } from './diagnosis/retention.js';

describe('a broker', () => {
  it.each([undefined, 'http://leader:3002'])('that follows %s deletes what is older than its retention', (BROKER_FOLLOW_URL) => {
    const config = { BROKER_FOLLOW_URL } as BrokerConfig;
    const modules = brokerDefinition.imports({ config, components: {} as ComponentRegistry });
    expect(modules.flatMap((module) => Reflect.getMetadata('providers', module) ?? [])).toContain(Retention);
  });
});
