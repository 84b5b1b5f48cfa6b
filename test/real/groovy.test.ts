/**
 * The Groovy script of `virt2xen hook install cloudstack --groovy`, run as by CloudStack's agent
 * (LibvirtKvmAgentHook): a GroovyScriptEngine evaluates the script and calls a method of the resulting object.
 */
import { expect } from 'chai';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapt } from '../../lib/index.js';
import { commandPath } from '../command.js';
import { missing } from '../requirements.js';

const libraries = '/usr/share/groovy/lib';
const hooks = 'etc/cloudstack/agent/hooks';

/** Prints the result of `transform` and the warnings, each with a label. */
const agent = `
def warnings = []
def logger = [warn: { warnings << it.toString() }] as Expando
def engine = new GroovyScriptEngine(args[0])
def hook = engine.run('libvirt-vm-xml-transformer.groovy', new Binding())
def xml = org.codehaus.groovy.runtime.InvokerHelper.invokeMethod(hook, 'transform', [logger, new File(args[1]).getText('UTF-8')] as Object[])
print groovy.json.JsonOutput.toJson([xml: xml, warnings: warnings])
`;

describe("CloudStack's Groovy hook", function () {
  this.timeout(120_000);
  let folder = '';

  before(function () {
    const hasJava = spawnSync('java', ['-version']).status === 0;
    if (hasJava && existsSync(libraries)) return;
    missing('Groovy', 'groovy and default-jre-headless', 'there is no Groovy, or no Java');
    this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virt2xen-groovy-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Installs the hook, and calls it as the agent does. */
  function transform(
    xml: string,
    command = `${process.execPath} ${commandPath}`,
  ): { readonly xml: string; readonly warnings: readonly string[] } {
    const install = ['hook', 'install', 'cloudstack', '--groovy', '--root', folder, '--command', command];
    execFileSync(process.execPath, [commandPath, ...install]);
    writeFileSync(join(folder, 'agent.groovy'), agent);
    writeFileSync(join(folder, 'domain.xml'), xml);
    const words = ['-cp', `${libraries}/*`, 'groovy.ui.GroovyMain', join(folder, 'agent.groovy')];
    const said = execFileSync('java', [...words, join(folder, hooks), join(folder, 'domain.xml')], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    return JSON.parse(said) as { readonly xml: string; readonly warnings: readonly string[] };
  }

  it('returns the adapted XML, as the shell hook does', () => {
    for (const name of ['user-vm', 'system-vm']) {
      const xml = readFileSync(`fixtures/cloudstack/${name}.xml`, 'utf8');
      expect(transform(xml)).to.deep.equal({ xml: adapt(xml).output, warnings: [] });
    }
  });

  it('passes every character of the XML unchanged through the shell and Groovy', () => {
    const name = 'a&apos;b "c" $(id) `id` ${1 + 1} \\ \u00e9 \u{1f600} %s';
    const xml = readFileSync('fixtures/cloudstack/user-vm.xml', 'utf8').replace(
      '</name>',
      `</name>\n<!-- ${name} -->`,
    );
    expect(transform(xml).xml).to.equal(adapt(xml).output);
  });

  it('returns the original XML with a warning if it cannot be adapted or the program does not exist', () => {
    const xml = readFileSync('fixtures/cloudstack/user-vm.xml', 'utf8').replace(
      "type='qcow2'",
      "type='vmdk'",
    );
    const lost = transform(xml);
    expect(lost.xml).to.equal(xml);
    expect(lost.warnings).to.have.length(1);
    expect(lost.warnings[0]).to.match(/^virt2xen: domain XML not changed: disk 'vda'/);
    const absent = transform(xml, '/nonexistent/virt2xen');
    expect(absent.xml).to.equal(xml);
    expect(absent.warnings[0]).to.include('/nonexistent/virt2xen');
  });
});
