import { setSourceMapsSupport } from 'node:module';
import { setFlagsFromString } from 'node:v8';

/*
 * How the process of an app runs. Imported before anything else, since it must hold for all code that is loaded; what it does not do for
 * memory is in the Dockerfile (NODE_OPTIONS, MALLOC_*). Measured: docs/operations.md.
 */

// Stack traces name our own lines. The maps of the packages would only take memory, 15 to 25 MB.
setSourceMapsSupport(true, { nodeModules: false });

// V8 notes which places in the code make objects that live long, and makes all further ones of such a place in the old generation. Here
// the same places of Node's HTTP code serve calls that wait for a database and reads that are over at once: some 250 bytes of each warm
// read became garbage of the old generation, and collecting it cost a quarter of the reads.
setFlagsFromString('--no-allocation-site-pretenuring');

// The old generation may grow by a tenth before it is collected. By itself V8 lets it double, and does not give back what it had.
setFlagsFromString('--heap-growing-percent=10');
