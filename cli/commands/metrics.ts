import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { controlOption } from './domain-options.js';
import { report } from '../report.js';

function builder<T>(yargs: Argv<T>) {
  return controlOption(yargs).example('$0 metrics > virt2xen.prom', 'Write a file for node_exporter');
}

type MetricsArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen metrics`. The implementation is loaded on use. */
export const metrics: CommandModule<object, MetricsArguments> = {
  command: 'metrics',
  describe: 'Print the metrics of the daemon in the text format of Prometheus',
  builder,
  handler: async (args) => {
    const { printMetrics } = await import('../metrics.js');
    await report(() => printMetrics(args));
  },
};
