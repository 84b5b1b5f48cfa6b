import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { EventBus } from '../../../lib/daemon/bus.js';
import { controlMethods } from '../../../lib/daemon/control.js';
import { Metrics } from '../../../lib/daemon/metrics.js';
import { parseMetricsAddress, serveMetrics } from '../../../lib/daemon/metrics-server.js';
import { daemonInterface } from '../../../lib/daemon/varlink/interfaces.js';
import { serveVarlink } from '../../../lib/daemon/varlink/server.js';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { startedQemus } from '../../../lib/realize/qemu/pid.js';
import { missing } from '../../requirements.js';
import { findPrograms } from '../programs.js';
import { domid, Scene, uuid } from '../realize/scene.js';
import { documentsOf, Keeper } from './keeper.js';

/** A client that knows of varlink only that messages are JSON and end with NUL. */
class RawClient {
  readonly socket: Socket;
  #text = '';
  #wake: () => void = () => undefined;

  constructor(path: string) {
    this.socket = createConnection(path).setEncoding('utf8');
    this.socket.on('data', (text: string) => {
      this.#text += text;
      this.#wake();
    });
    this.socket.on('close', () => this.#wake());
    this.socket.on('error', () => undefined);
  }

  async call(method: string, parameters: object = {}, more = false): Promise<Record<string, unknown>> {
    this.socket.write(`${JSON.stringify({ method, parameters, more })}\0`);
    return await this.next();
  }

  async next(): Promise<Record<string, unknown>> {
    while (!this.#text.includes('\0')) {
      if (this.socket.closed) throw new Error('the daemon closed the connection');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const end = this.#text.indexOf('\0');
    const message = JSON.parse(this.#text.slice(0, end)) as Record<string, unknown>;
    this.#text = this.#text.slice(end + 1);
    return message;
  }
}

describe('the control interface of the daemon', function () {
  const programs = findPrograms();
  let scene: Scene;
  let keeper: Keeper;
  let server: AsyncDisposable;
  let client: RawClient;
  let path: string;

  beforeEach(async function () {
    if (!programs) return this.skip();
    scene = await Scene.start(programs);
    const bus = new EventBus();
    const metrics = new Metrics();
    bus.listen(metrics.count);
    keeper = await Keeper.start(scene, { countPass: metrics.countPass }, bus.publish);
    metrics.readFrom(keeper.daemon);
    path = join(scene.dom0.directory, 'control');
    const service = { vendor: 'v', product: 'p', version: '1', url: '' };
    server = await serveVarlink(
      path,
      { mode: 0o660 },
      {
        ...service,
        interfaces: { 'io.virt2xen': daemonInterface },
        methods: controlMethods(keeper.daemon, bus, metrics),
      },
    );
    client = new RawClient(path);
  });
  afterEach(async () => {
    client.socket.destroy();
    await server[Symbol.asyncDispose]();
    await keeper[Symbol.asyncDispose]();
    const directory = qemuDirectoryOf(join(scene.runtime, uuid));
    for (const { pid } of await startedQemus(directory)) process.kill(pid, 'SIGKILL');
    await scene[Symbol.asyncDispose]();
  });

  const document = (names: readonly string[]): string => {
    const entries = names.map((name) => `"connection=socket,path=${join(scene.folder, name)},name=${name}"`);
    return `name = "guest"\ntype = "pv"\nkernel = "/k"\nchannel = [ ${entries.join(', ')} ]\n`;
  };

  it('answers a client that has closed its side already, and lets it go', async () => {
    const socket = createConnection({ path, allowHalfOpen: true }).setEncoding('utf8');
    socket.end('{"method":"io.virt2xen.List"}\0{"method":"io.virt2xen.Monitor","more":true}\0');
    let said = '';
    socket.on('data', (text: string) => (said += text));
    await once(socket, 'close');
    expect(JSON.parse(said.split('\0')[0] ?? '')).to.deep.equal({ parameters: { domains: [] } });
  });

  it('describes itself', async () => {
    expect(await client.call('org.varlink.service.GetInfo')).to.deep.equal({
      parameters: {
        ...{ vendor: 'v', product: 'p', version: '1', url: '' },
        interfaces: ['org.varlink.service', 'io.virt2xen'],
      },
    });
    const described = await client.call('org.varlink.service.GetInterfaceDescription', {
      interface: 'io.virt2xen',
    });
    expect(described).to.deep.equal({
      parameters: { description: readFileSync('docs/io.virt2xen.varlink', 'utf8') },
    });
    expect((lstatSync(path).mode & 0o777).toString(8)).to.equal('660');
  });

  it('rejects what the interface does not have, and survives what is not varlink', async () => {
    for (const [method, parameters, error, about] of [
      ['io.virt2xen.Nothing', {}, 'MethodNotFound', { method: 'io.virt2xen.Nothing' }],
      ['constructor', {}, 'MethodNotFound', { method: 'constructor' }],
      ['io.virt2xen.Status', { domain: 7 }, 'InvalidParameter', { parameter: 'domain' }],
      ['io.virt2xen.Detach', { domain: 'a', channels: [1] }, 'InvalidParameter', { parameter: 'channels' }],
      ['io.virt2xen.Monitor', {}, 'ExpectedMore', {}],
    ] as const) {
      expect(await client.call(method, parameters), method).to.deep.equal({
        error: `org.varlink.service.${error}`,
        parameters: about,
      });
    }
    for (const text of ['{}\0', '[]\0', 'x\0', '{"method":"a","parameters":3}\0', '\xff\0']) {
      const broken = new RawClient(path);
      broken.socket.write(text);
      expect(await broken.next().catch(String), text).to.match(/closed/);
    }
    expect(await client.call('io.virt2xen.Status', { domain: 'nobody' })).to.deep.equal({
      error: 'io.virt2xen.DomainNotFound',
      parameters: { domain: 'nobody' },
    });
  });

  it('attaches, shows, and detaches channels, and reports it to those that monitor', async () => {
    const monitor = new RawClient(path);
    expect(await monitor.call('io.virt2xen.Monitor', {}, true)).to.have.nested.property(
      'parameters.event.event',
      'documents-loaded',
    );
    const attached = await client.call('io.virt2xen.Attach', {
      domain: 'guest',
      document: document(['agent', 'other']),
      options: { 'socket-mode': '0660' },
    });
    expect(attached).to.deep.equal({ parameters: { file: 'guest.cfg' } });
    expect((lstatSync(join(scene.folder, 'agent')).mode & 0o777).toString(8)).to.equal('660');
    const seen: unknown[] = [];
    while (seen.filter((event) => event === 'channel-added').length < 2) {
      const { parameters, continues } = await monitor.next();
      expect(continues).to.equal(true);
      seen.push((parameters as { event: { event: string } }).event.event);
    }
    const { parameters } = await client.call('io.virt2xen.Status', { domain: String(domid) });
    const { status } = parameters as { status: { channels: object[] } };
    expect(status).to.deep.include({ domain: scene.domain, document: 'guest.cfg' });
    expect(status.channels[0]).to.deep.include({
      ...{ name: 'agent', devid: 1, state: 'waiting', createdBy: 'virt2xen', endpoint: 'socket' },
      ...{ path: join(scene.folder, 'agent'), clients: 0 },
    });
    expect(await client.call('io.virt2xen.List')).to.deep.equal({ parameters: { domains: [status] } });

    expect(await client.call('io.virt2xen.Detach', { domain: uuid, channels: ['agent'] })).to.deep.equal({
      parameters: { file: 'guest.cfg' },
    });
    expect(readdirSync(scene.folder)).to.deep.equal(['other']);
    await client.call('io.virt2xen.Detach', { domain: 'guest' });
    expect(readdirSync(scene.folder)).to.deep.equal([]);
    expect(readdirSync(documentsOf(scene))).to.deep.equal([]);
    monitor.socket.destroy();
  });

  it('reports why channels cannot be attached', async () => {
    const invalid = await client.call('io.virt2xen.Attach', { domain: 'guest', document: 'name = (' });
    expect(invalid).to.have.property('error', 'io.virt2xen.Failed');
    expect(invalid)
      .to.have.nested.property('parameters.reason')
      .that.matches(/^document:1:\d+: error xl-syntax/);
    const options = await client.call('io.virt2xen.Attach', {
      domain: 'guest',
      document: document(['agent']),
      options: { 'socket-mod': '0660' },
    });
    expect(options)
      .to.have.nested.property('parameters.reason')
      .that.matches(/unknown option "socket-mod"/);
    expect(readdirSync(documentsOf(scene))).to.deep.equal([]);
    writeFileSync(join(scene.folder, 'agent'), 'a file');
    const failed = await client.call('io.virt2xen.Attach', {
      domain: 'guest',
      document: document(['agent']),
    });
    expect(failed)
      .to.have.nested.property('parameters.reason')
      .that.matches(/exists and is not a socket/);
  });

  it('reloads documents, and tells which are valid', async () => {
    writeFileSync(join(documentsOf(scene), 'a.cfg'), 'name = (');
    const { parameters } = await client.call('io.virt2xen.Reload');
    const { documents } = parameters as { documents: { problem: string }[] };
    expect(documents[0]).to.deep.include({ file: 'a.cfg', isActive: false });
    expect(documents[0]?.problem).to.match(/a\.cfg:1:\d+: error/);
  });

  it('has metrics, which promtool accepts', async function () {
    await client.call('io.virt2xen.Attach', { domain: 'guest', document: document(['agent']) });
    const failed = document(['agent', 'bad']).replace(/[^=]*\/bad,/, '/no/such/directory/bad,');
    await client.call('io.virt2xen.Attach', { domain: 'guest', document: failed });
    const { parameters } = await client.call('io.virt2xen.Metrics');
    const { text } = parameters as { text: string };
    for (const line of [
      /^virt2xen_channels\{state="waiting"\} 1$/m,
      /^virt2xen_documents\{state="valid"\} 1$/m,
      /^virt2xen_errors_total\{code="socket"\} [1-9]/m,
      /^virt2xen_qemu_restarts_total 0$/m,
      /^virt2xen_reconciliation_duration_seconds_count\{result="success"\} [1-9]/m,
      /^virt2xen_store_connected 1$/m,
    ]) {
      expect(text).to.match(line);
    }
    const check = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    if (check.error) {
      missing('promtool', 'prometheus', check.error.message);
      return this.skip();
    }
    expect(check.status, check.stderr).to.equal(0);
    expect(check.stderr).to.equal('');
  });

  it('serves metrics by HTTP on this host only', async () => {
    const metrics = new Metrics();
    metrics.readFrom(keeper.daemon);
    const socketPath = join(scene.dom0.directory, 'metrics');
    await using _server = await serveMetrics(parseMetricsAddress(socketPath), metrics);
    const get = async (url: string): Promise<IncomingMessage> => {
      const [response] = (await once(request({ socketPath, path: url }).end(), 'response')) as [
        IncomingMessage,
      ];
      return response;
    };
    const response = await get('/metrics');
    expect(response.headers['content-type']).to.match(/^text\/plain; version=0\.0\.4/);
    expect((await response.setEncoding('utf8').toArray()).join('')).to.match(/^virt2xen_store_connected 1$/m);
    expect((await get('/other')).statusCode).to.equal(404);
    expect(parseMetricsAddress('[::1]:9100')).to.deep.equal({ host: '::1', port: 9100 });
    for (const text of ['0.0.0.0:1', '9100', '127.0.0.1:65536', 'localhost:1']) {
      expect(() => parseMetricsAddress(text), text).to.throw(RangeError);
    }
  });
});
