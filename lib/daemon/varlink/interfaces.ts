/** The interface of every varlink service (https://varlink.org/Service). */
export const serviceInterface = `# The interface that every service has
interface org.varlink.service

method GetInfo() -> (
  vendor: string,
  product: string,
  version: string,
  url: string,
  interfaces: []string
)

method GetInterfaceDescription(interface: string) -> (description: string)

error InterfaceNotFound (interface: string)
error MethodNotFound (method: string)
error MethodNotImplemented (method: string)
error InvalidParameter (parameter: string)
error PermissionDenied ()
error ExpectedMore ()
`;

/** The interface of the daemon: docs/io.virt2xen.varlink is a copy. */
export const daemonInterface = `# Channels of the Xen domains of this host: control and events of virt2xend
interface io.virt2xen

type Domain (domid: int, name: string, uuid: string)

# A channel of a running domain. devid: the number of a PV console. port: that of a virtio-serial port.
# state: connected, waiting or closed; of a port, open, closed or unknown.
# createdBy: libxl, virt2xen, config or other. endpoint: its kind, and path: where it is, if it has a path.
# pids: the QEMUs of this host that serve it. clients: absent if it has no listening socket.
type Channel (
  name: string,
  devid: ?int,
  port: ?int,
  state: string,
  createdBy: string,
  endpoint: string,
  path: ?string,
  pids: []int,
  clients: ?int
)

# document: the file that specifies the channels; failure: why the last attempt failed
type DomainChannels (
  domain: Domain,
  document: ?string,
  failure: ?string,
  channels: []Channel
)

# A document. problem: why its current version is not used; isActive: whether a valid version is in effect
type Document (file: string, isActive: bool, problem: ?string)

# event: channel-added, channel-changed, channel-removed, drift-repaired, qemu-restarted, guest-connected,
# guest-disconnected, port-opened, port-closed, client-connected, client-disconnected, guest-rebooted, agent-up,
# agent-down, qemu-exited, domain-ended, failed, document-invalid, document-ignored, documents-loaded, store-connected or
# store-lost. time: RFC 3339, in UTC.
type Event (
  event: string,
  time: string,
  domain: ?Domain,
  channel: ?string,
  file: ?string,
  code: ?string,
  reason: ?string,
  retryInMs: ?int,
  count: ?int
)

# The domains that have channels or a document
method List() -> (domains: []DomainChannels)

# One domain, by ID, name or UUID
method Status(domain: string) -> (status: DomainChannels)

# Writes a document, domain XML or xl.cfg, for a domain, and attaches its channels if the domain runs. options: those of
# an options file, with their names
method Attach(domain: string, document: string, options: ?[string]string) -> (file: string)

# Removes the document of a domain, or channels from it, and detaches the channels
method Detach(domain: string, channels: ?[]string) -> (file: string)

# Reads the documents that have changed
method Reload() -> (documents: []Document)

# Reports each event from now on; the first reply is a documents-loaded
method Monitor() -> (event: Event)

# The metrics, in the text format of Prometheus
method Metrics() -> (text: string)

error DomainNotFound (domain: string)

# code: the kind of error; reason: a message
error Failed (code: string, reason: string)
`;
