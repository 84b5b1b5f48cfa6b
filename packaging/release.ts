import { execFileSync } from 'node:child_process';
import packageJson from '../package.json' with { type: 'json' };

/** What all packages of one build have in common. */
export interface Release {
  readonly version: string;
  readonly description: string;
  /** The time of everything in the packages: reproducible-builds.org/specs/source-date-epoch. */
  readonly epochSeconds: number;
  /** NAME <ADDRESS> */
  readonly maintainer: string;
}

/** SOURCE_DATE_EPOCH, or the time of the commit. */
export function release(environment: NodeJS.ProcessEnv): Release {
  const { version, description } = packageJson;
  const given = environment['SOURCE_DATE_EPOCH'];
  const epoch = given ?? execFileSync('git', ['log', '-1', '--format=%ct'], { encoding: 'utf8' });
  const { DEBFULLNAME: name = 'virt2xen maintainers', DEBEMAIL: address } = environment;
  return {
    version,
    description,
    epochSeconds: Number(epoch),
    maintainer: address === undefined ? name : `${name} <${address}>`,
  };
}

export const dayOf = ({ epochSeconds }: Release): string =>
  new Date(epochSeconds * 1000).toISOString().slice(0, 10);
