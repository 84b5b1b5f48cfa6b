import { release } from '../release.js';
import { writeForNpm } from './npm.js';

/* npm runs it before it packs. */
process.umask(0o022);
writeForNpm(release(process.env));
