import { setSourceMapsSupport } from 'node:module';

// Before anything else is loaded: stack traces name our own lines. The maps of the packages would only take memory, 15 to 25 MB.
setSourceMapsSupport(true, { nodeModules: false });

const { main } = await import('#service');
const { releaseService } = await import('./release.definition.js');
await main(releaseService);
