import { Injectable } from '@nestjs/common';
import type { ApiRoute } from './route.js';

/** Every feature adds the APIs it plays; the dispatcher looks them up. */
@Injectable()
export class ApiRegistry {
  private readonly routes = new Map<string, ApiRoute[]>();

  add(...routes: ApiRoute[]): void {
    for (const route of routes) {
      const same = this.routes.get(route.path) ?? [];
      if (same.some((other) => other.method === route.method)) throw new Error(`${route.method} ${route.path} is there twice`);
      this.routes.set(route.path, [...same, route]);
    }
  }

  find(path: string): readonly ApiRoute[] | undefined {
    return this.routes.get(path);
  }

  get paths(): string[] {
    return [...this.routes.keys()].sort();
  }
}
