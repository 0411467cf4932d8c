import * as fs from "fs";
import { dump, load } from "js-yaml";
import * as os from "os";
import * as path from "path";
import type { KubernetesObject } from "../../cli/manifests";
import { peerPort } from "../../components/otel-collector/peers";
import { mergeValues } from "../../components/helm/values";
import { zoneLabel } from "../../components/zones";
import { quantityValue } from "../../validation/quantities";
import { type Container, renderStack, type Workload, workloads } from "../helpers/rendered";
import { type Kubernetes, nodeName, type Pod, serveKubernetes } from "./kubernetes";
import { collector, firstOf, type Part, parts, programs, readyUrl, secondCollector, zoneOf } from "./parts";
import { Process } from "./process";

const stores: Part[] = ["loki", "tempo", "mimir", "pyroscope"];
const kubernetesPort = 6443;
const rootUser = "root-of-the-store";

/**
 * Runs the programs of a stack on the loopback interface. Each program has a different address and its rendered configuration, in which
 * only addresses and folders are replaced.
 */
export class LiveStack {
    readonly processes = new Map<Part, Process>();
    /** Second containers, by PART/CONTAINER. */
    readonly sidecars = new Map<string, Process>();
    private constructor(
        private readonly subnet: string,
        readonly folder: string,
        readonly kubernetes: Kubernetes,
        readonly pods: Pod[],
        private readonly change: (part: Part, config: Record<string, any>) => object,
        private readonly secrets: Secrets,
    ) {}

    /**
     * Starts programs of a stack and waits until they are ready.
     *
     * @param pods returns the pods of the fake Kubernetes API. The address of pod n is `podAddress(n)`. `own` are the pods of the stack.
     * @param secrets the keys of Secrets that the user creates, by name.
     */
    static async start(
        stack: string,
        settings: object,
        wanted: Part[],
        pods: (address: (index: number) => string, own: Pod[]) => Pod[] = () => [],
        change: (part: Part, config: Record<string, any>) => object = () => ({}),
        secrets: Secrets = {},
    ): Promise<LiveStack> {
        const { objects, configMaps } = await renderStack(stack, settings);
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "live-"));
        // Linux supports all addresses in 127.0.0.0/8. A random subnet avoids conflicts between two stacks.
        const subnet = `127.${byte()}.${byte()}`;
        const all = pods((index) => `${subnet}.${100 + index}`, ownPods(objects, subnet));
        const kubernetes = await serveKubernetes(`${subnet}.1`, kubernetesPort, all);
        const live = new LiveStack(subnet, folder, kubernetes, all, change, secrets);
        try {
            for (const part of wanted) {
                live.processes.set(part, live.prepare(part, [...objects, ...configMaps]));
            }
            wanted.forEach((part) => live.startSidecars(part));
            // MinIO must be ready before the backends start, and the backends before all other programs.
            for (const group of [
                ["minio"],
                wanted.filter((part) => stores.includes(firstOf(part))),
                wanted.filter((part) => part !== "minio" && !stores.includes(firstOf(part))),
            ] as Part[][]) {
                const starting = group.flatMap((part) => live.processes.get(part) ?? []);
                starting.forEach((process) => process.start());
                await Promise.all(starting.map((process) => process.ready()));
            }
            return live;
        } catch (error) {
            await live.stop();
            throw error;
        }
    }

    address(part: Part): string {
        return addressOf(part, this.subnet);
    }

    /** The last byte of the address of a program. */
    static hostNumber(part: Part): number {
        return parts.indexOf(part) + 2;
    }

    podAddress(index: number): string {
        return `${this.subnet}.${100 + index}`;
    }

    process(part: Part): Process {
        const process = this.processes.get(part);
        if (process === undefined) {
            throw new Error(`${part} does not run in this live stack`);
        }
        return process;
    }

    /** The local path of a path that is mounted in the container of a program. */
    mounted(part: Part, mountPath: string): string {
        return path.join(this.folder, part, mountPath);
    }

    /** Stops programs and writes their configuration for other settings. Their volumes are kept. */
    async configure(stack: string, settings: object, changed: Part[], gracePeriodSeconds?: number): Promise<void> {
        const { objects, configMaps } = await renderStack(stack, settings);
        for (const part of changed) {
            await this.processes.get(part)?.stop("SIGTERM", gracePeriodSeconds);
            await Promise.all(this.sidecarsOf(part).map((sidecar) => sidecar.stop("SIGKILL")));
            this.processes.set(part, this.prepare(part, [...objects, ...configMaps]));
            this.startSidecars(part);
        }
    }

    private sidecarsOf(part: Part): Process[] {
        return [...this.sidecars].filter(([name]) => name.startsWith(`${part}/`)).map(([, sidecar]) => sidecar);
    }

    private startSidecars(part: Part): void {
        this.sidecarsOf(part).forEach((sidecar) => sidecar.start());
    }

    /** The folder of a program that answers for a Service with the addresses of all replicas. */
    private nameServer(): string {
        const folder = path.join(this.folder, "bin");
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(path.join(folder, "nslookup"), '#!/bin/sh\ncat "${0%/*}/$1"\n', { mode: 0o755 });
        for (const first of parts.filter((part) => part === firstOf(part))) {
            const replicas = parts.filter((part) => firstOf(part) === first);
            const answer = replicas.map((part) => `Name:\t${part}\nAddress: ${this.address(part)}\n`).join("\n");
            fs.writeFileSync(path.join(folder, this.address(first)), answer);
        }
        return folder;
    }

    async stop(): Promise<void> {
        const all = [...this.sidecars.values(), ...this.processes.values()];
        await Promise.all(all.map((process) => process.stop("SIGKILL")));
        this.kubernetes.server.closeAllConnections();
        this.kubernetes.server.close();
        fs.rmSync(this.folder, { recursive: true, force: true });
    }

    private prepare(part: Part, objects: KubernetesObject[]): Process {
        const workload = workloads(objects).find(
            ({ kind, name }) => kind !== "Job" && name === firstOf(part),
        ) as Workload;
        const [container, ...others] = workload.pod.containers as [Container, ...Container[]];
        const isScript = ({ command }: Container) => (command as string[] | undefined)?.[0] === "sh";
        const sidecars = others.filter(isScript);
        const preparing = (workload.pod["initContainers"] ?? []).filter(isScript);
        const mounts = [container, ...sidecars]
            .flatMap((mounting) => (mounting["volumeMounts"] ?? []) as Mount[])
            .map((mount) => ({ ...mount, mountPath: mount.mountPath.replace(/\/$/, "") }));
        for (const { name, mountPath, subPath } of mounts) {
            const volume = workload.pod["volumes"]?.find((candidate: { name: string }) => candidate.name === name);
            const files = filesOf(volume?.configMap, objects);
            const single = files.find(([file]) => file === subPath);
            const target = this.mounted(part, mountPath);
            fs.mkdirSync(single ? path.dirname(target) : target, { recursive: true });
            for (const [file, text] of single ? [single] : files) {
                fs.writeFileSync(single ? target : path.join(target, file), this.config(part, mounts, text));
            }
            for (const [file, text] of Object.entries(this.secrets[volume?.secret?.secretName] ?? {})) {
                fs.writeFileSync(path.join(target, file), text);
            }
        }
        fs.mkdirSync(path.join(this.folder, part), { recursive: true });
        const argsOf = ({ command, args = [] }: Container) =>
            [...(command as string[]).slice(1), ...(args as string[])].map((arg) => this.relocate(part, mounts, arg));
        const scriptEnv = { PATH: `${this.nameServer()}:${process.env["PATH"]}` };
        for (const sidecar of sidecars) {
            const { name } = sidecar;
            this.sidecars.set(
                `${part}/${name}`,
                new Process(`${part}/${name}`, {
                    program: "sh",
                    args: argsOf(sidecar),
                    env: scriptEnv,
                    folder: path.join(this.folder, part, "sidecars", name),
                    memoryLimitMib: 0,
                    readyUrl: "",
                }),
            );
            fs.mkdirSync(path.join(this.folder, part, "sidecars", name), { recursive: true });
        }
        const env = this.environment(part, mounts, container, workload);
        const clustered = ((container["args"] ?? []) as string[]).includes("--cluster.enabled=true");
        const target = ((container["args"] ?? []) as string[]).filter((arg) => arg.startsWith("-target=")).at(-1);
        const additional =
            programs[part] === "pyroscope"
                ? this.pyroscopeArgs(part, target !== "-target=all")
                : this.additionalArgs(part, clustered);
        const flag = (arg: string) => arg.replace(/=.*/, "");
        // Some flags are lists. Therefore an additional flag does not replace the first one.
        const [shell, ...options] = ((container["command"] ?? []) as string[]).filter((_, __, all) => all[0] === "sh");
        const args = [...options, ...((container["args"] ?? []) as string[])]
            .filter((arg) => !additional.map(flag).includes(flag(arg)))
            .map((arg) => arg.replace(/\$\((\w+)\)/g, (_, name: string) => env[name] ?? ""))
            .map((arg) => this.relocate(part, mounts, arg).replace(/=(?=:\d+$)/, `=${this.address(part)}`));
        return new Process(part, {
            program: shell ?? programs[part],
            // The chart starts memcached with arguments that contain spaces, and with a user.
            args: [...(programs[part] === "memcached" ? [] : args), ...additional],
            env,
            init: preparing.map(argsOf),
            initEnv: { ...scriptEnv, HOSTNAME: podName(part, workload) },
            folder: path.join(this.folder, part),
            memoryLimitMib: (quantityValue(container.resources?.limits?.["memory"] ?? "") ?? 0) / 2 ** 20,
            readyUrl: readyUrl(part, this.address(part)),
        });
    }

    private config(part: Part, mounts: Mount[], text: string): string {
        const moved = this.relocate(part, mounts, text);
        if (part === "lgtm-grafana") {
            return moved;
        }
        if (part === "ingestion-proxy") {
            // Names of Services are addresses already.
            return moved
                .replace(/bind :/g, `bind ${this.address(part)}:`)
                .replace(/ resolvers cluster init-addr \S+/g, "");
        }
        if (programs[part] === "nginx") {
            return (
                moved
                    .replace(/^\s*listen\s+\[::\].*$/m, "")
                    // Versions before 1.25 do not have it. Only the streams of Grafana need it.
                    .replace(/^\s*http2 on;$/m, "")
                    .replace(/(?<=listen\s+)(?=\d)/g, `${this.address(part)}:`)
            );
        }
        if (part.startsWith("lgtm-alloy")) {
            const server = `api_server = "http://${this.subnet}.1:${kubernetesPort}"`;
            return moved
                .replace('listen_address = "0.0.0.0"', `listen_address = "${this.address(part)}"`)
                .replace('discovery.kubernetes "node" {', `$&\n\t${server}`)
                .replace(
                    /(loki\.source\.kubernetes_events|prometheus\.operator\.\w+) "cluster" \{/g,
                    `$&\n\tclient {\n\t\t${server}\n\t}`,
                );
        }
        const config = load(moved) as Record<string, any>;
        // Only the main configuration has addresses, not the file with limits.
        const main = "server" in config || "processors" in config;
        return main ? dump(mergeValues(config, this.addresses(part, config), this.change(part, config))) : moved;
    }

    /** Replaces paths by local paths and names of Services by addresses. */
    private relocate(part: Part, mounts: Mount[], text: string): string {
        const services = text
            .replace(/dns\+(?=[\w-]+\.)/g, "")
            .replace(/dnssrvnoa\+_memcached-client\._tcp\.([\w.-]+)/g, "$1:11211")
            .replace(/([\w-]+)\.[\w-]+\.svc\.cluster\.local\.?/g, (_, service: string) => {
                const [owner] = parts
                    .filter((candidate) => service === candidate || service.startsWith(`${candidate}-`))
                    .sort((one, other) => other.length - one.length);
                return this.address(owner ?? (service.startsWith("otel-collector") ? collector : part));
            })
            // A short name of the first pod of a StatefulSet, which the search domains of a pod complete.
            .replace(/([\w-]+)-0\.\1-headless(?=:\d)/g, (_, first: string) => this.address(first as Part))
            .replace(/0\.0\.0\.0(?=:\d)|(?<=endpoint(?:: |\s+= ")"?)(?=:\d)|(?<=host: )""/g, this.address(part));
        // Replaced in one step, so that no path is replaced twice. The longest path is first.
        const folders = mounts
            .flatMap(({ mountPath }) => [mountPath, ...parentFolder(mountPath)])
            .sort((one, other) => other.length - one.length);
        return services.replace(new RegExp(`(?<![\\w./-])(${folders.join("|")})(?![\\w-])`, "g"), (mountPath) =>
            // The files of the node are the files of this machine.
            mountPath === "/host/root" ? "" : this.mounted(part, mountPath),
        );
    }

    private environment(part: Part, mounts: Mount[], container: Container, workload: Workload): Record<string, string> {
        const fields: Record<string, string> = {
            "status.podIP": this.address(part),
            "status.hostIP": this.address(part),
            "spec.nodeName": nodeName,
            "metadata.name": podName(part, workload),
            "metadata.namespace": "monitoring",
            [`metadata.labels['${zoneLabel}']`]: zoneOf(part),
        };
        const given = ((container["env"] ?? []) as Record<string, any>[]).map(({ name: key, value, valueFrom }) => [
            key,
            (value && this.relocate(part, mounts, value)) ??
                fields[valueFrom?.fieldRef?.fieldPath] ??
                this.secrets[valueFrom?.secretKeyRef?.name]?.[valueFrom.secretKeyRef.key] ??
                "",
        ]);
        const sources = (container["envFrom"] ?? []) as { prefix?: string; secretRef?: { name: string } }[];
        const fromSecrets = sources.flatMap(({ prefix = "", secretRef }) =>
            Object.entries(this.secrets[secretRef?.name ?? ""] ?? {}).map(([key, value]) => [prefix + key, value]),
        );
        return {
            ...(Object.fromEntries(fromSecrets) as Record<string, string>),
            ...(Object.fromEntries(given) as Record<string, string>),
            MINIO_ROOT_USER: rootUser,
            MINIO_ROOT_PASSWORD: rootUser,
            MINIO_UPDATE: "off",
            AWS_ACCESS_KEY_ID: rootUser,
            AWS_SECRET_ACCESS_KEY: rootUser,
            KUBECONFIG: this.kubeconfig(),
            ...(part === "lgtm-grafana" && this.grafanaEnvironment()),
        };
    }

    private grafanaEnvironment(): Record<string, string> {
        return {
            GF_SERVER_HTTP_ADDR: this.address("lgtm-grafana"),
            GF_SECURITY_ADMIN_USER: grafanaLogin.user,
            GF_SECURITY_ADMIN_PASSWORD: grafanaLogin.password,
            // Folders of the image that are not mounted.
            GF_PATHS_PROVISIONING: this.mounted("lgtm-grafana", "/etc/grafana/provisioning"),
            GF_PATHS_LOGS: this.mounted("lgtm-grafana", "/var/log/grafana"),
            GF_PLUGINS_ALLOW_LOADING_UNSIGNED_PLUGINS: pyroscopePlugin,
        };
    }

    private kubeconfig(): string {
        const file = path.join(this.folder, "kubeconfig");
        const cluster = { name: "live", cluster: { server: `http://${this.subnet}.1:${kubernetesPort}` } };
        const context = { name: "live", context: { cluster: "live", user: "live" } };
        const config = {
            apiVersion: "v1",
            kind: "Config",
            clusters: [cluster],
            contexts: [context],
            users: [{ name: "live", user: {} }],
            "current-context": "live",
        };
        fs.writeFileSync(file, dump(config));
        return file;
    }

    /** Configuration that is only necessary because several programs share a host. */
    private addresses(part: Part, config: Record<string, any>): Record<string, unknown> {
        const ip = this.address(part);
        const server = { http_listen_address: ip, grpc_listen_address: ip };
        // All programs have the same host name.
        const ring = { instance_addr: ip, instance_id: part };
        // In a cluster, the name of a headless Service has the addresses of all replicas.
        const replicas = parts
            .filter((other) => programs[other] === programs[part])
            .map((other) => this.address(other));
        const join_members = replicas.map((address) => `${address}:7946`);
        switch (["loki", "mimir", "tempo"].includes(programs[part]) ? programs[part] : firstOf(part)) {
            case "loki":
                return {
                    server,
                    memberlist: { bind_addr: [ip], advertise_addr: ip, node_name: part, join_members },
                    ingester: { lifecycler: { id: part } },
                    // memberlist is the default of Loki only if no ring is configured.
                    common: { instance_addr: ip, ring: { ...ring, kvstore: { store: "memberlist" } } },
                    frontend: { address: ip },
                    // The parts of distributed Loki connect to its query scheduler.
                    ...(firstOf(part) === "loki" && { frontend_worker: { frontend_address: `${ip}:9095` } }),
                };
            case "tempo":
                if (firstOf(part) !== "tempo") {
                    return this.partOfTempo(part, ring);
                }
                // The modules of Tempo connect to 127.0.0.1, where another Tempo may run. A random port avoids conflicts.
                return {
                    server: {
                        ...server,
                        grpc_listen_address: "127.0.0.1",
                        grpc_listen_port: 20_000 + Math.floor((byte() * byte()) / 2),
                    },
                    memberlist: { bind_addr: [ip], advertise_addr: ip },
                };
            case "mimir":
                return {
                    server,
                    memberlist: { bind_addr: [ip], node_name: part, join_members },
                    ...Object.fromEntries(["distributor", "query_scheduler", "ruler"].map((user) => [user, { ring }])),
                    ...Object.fromEntries(
                        ["alertmanager", "compactor", "store_gateway"].map((user) => [user, { sharding_ring: ring }]),
                    ),
                    // The parts of distributed Mimir connect to its query scheduler.
                    ...(firstOf(part) === "mimir" && {
                        frontend: { scheduler_address: `${ip}:9095` },
                        frontend_worker: { scheduler_address: `${ip}:9095` },
                    }),
                    ...(firstOf(part) !== "mimir" && { querier: { ring } }),
                };
            case collector:
                return {
                    processors: { k8s_attributes: { auth_type: "kubeConfig" } },
                    exporters: config["exporters"].load_balancing
                        ? { load_balancing: { resolver: { dns: null, static: { hostnames: this.peers() } } } }
                        : {},
                };
            default:
                return {};
        }
    }

    /** The chart of distributed Tempo has names of Services without a domain. */
    private partOfTempo(part: Part, ring: object): Record<string, unknown> {
        const ip = this.address(part);
        const members = parts.filter((other) => programs[other] === "tempo" && other !== "tempo");
        return {
            server: { http_listen_address: ip, grpc_listen_address: ip },
            memberlist: {
                bind_addr: [ip],
                advertise_addr: ip,
                node_name: part,
                randomize_node_name: false,
                join_members: members.map((other) => `${this.address(other)}:7946`),
            },
            ingester: { lifecycler: { address: ip, id: part } },
            distributor: { ring },
            compactor: { ring },
            // The name of the host distinguishes the series of the replicas in a cluster.
            metrics_generator: { ring, registry: { external_labels: { replica: part } } },
            querier: { frontend_worker: { frontend_address: `${this.address("tempo-query-frontend")}:9095` } },
            cache: {
                caches: [
                    {
                        memcached: { addresses: `${this.address("tempo-memcached")}:11211`, timeout: "500ms" },
                        roles: ["parquet-footer", "bloom", "frontend-search"],
                    },
                ],
            },
        };
    }

    private peers(): string[] {
        return ([collector, secondCollector] as Part[]).map((part) => `${this.address(part)}:${peerPort}`);
    }

    /** In a cluster, the name of the headless Service has the addresses of all replicas. */
    private clusterArgs(part: Part): string[] {
        const members = parts
            .filter((other) => firstOf(other) === firstOf(part))
            .map((other) => `${this.address(other)}:12345`);
        return [
            `--cluster.join-addresses=${members.join(",")}`,
            `--cluster.advertise-address=${this.address(part)}:12345`,
            `--cluster.node-name=${part}`,
        ];
    }

    /** In a cluster, DNS has the addresses of the replicas. */
    private pyroscopeArgs(part: Part, distributed: boolean): string[] {
        const ip = this.address(part);
        const metastores = (["pyroscope", "pyroscope-1", "pyroscope-2"] as const).map((other) => this.address(other));
        const members = parts
            .filter((other) => firstOf(other) === "pyroscope-segment-writer" || other === "pyroscope-distributor")
            .map((other) => `-memberlist.join=${this.address(other)}:7946`);
        const first = `${this.address("pyroscope")}:9099`;
        const backend = this.address(distributed ? "pyroscope-query-backend" : "pyroscope");
        return [
            `-server.http-listen-address=${ip}`,
            `-server.grpc-listen-address=${ip}`,
            `-memberlist.bind-addr=${ip}`,
            `-memberlist.advertise-addr=${ip}`,
            ...(distributed ? [`-memberlist.nodename=${part}`, ...members] : [`-memberlist.join=${ip}:7946`]),
            `-metastore.address=${(distributed ? metastores : [ip]).map((address) => `${address}:9095`).join(",")}`,
            `-metastore.raft.bind-address=${ip}:9099`,
            `-metastore.raft.advertise-address=${ip}:9099`,
            `-metastore.raft.server-id=${ip}:9099`,
            `-metastore.raft.bootstrap-peers=${first}/${first}`,
            `-query-backend.address=${distributed ? "dns:///" : ""}${backend}:9095`,
            `-segment-writer.lifecycler.addr=${ip}`,
            `-segment-writer.lifecycler.ID=${part}`,
        ];
    }

    private additionalArgs(part: Part, clustered: boolean): string[] {
        const ip = this.address(part);
        switch (part) {
            case "minio":
                for (const bucket of stores) {
                    fs.mkdirSync(path.join(this.mounted("minio", "/data"), "drive", bucket), { recursive: true });
                }
                return [];
            case "loki-gateway":
            case "tempo-gateway":
                return ["-c", this.mounted(part, "/etc/nginx/nginx.conf"), "-g", "daemon off; master_process off;"];
            case "mimir-gateway":
            case "pyroscope-gateway":
                return ["-c", this.mounted(part, `/etc/${part}/nginx.conf`), "-g", "master_process off;"];
            case "loki-chunks-cache":
            case "loki-results-cache":
            case "mimir-chunks-cache":
            case "mimir-index-cache":
            case "mimir-results-cache":
            case "tempo-memcached":
                return ["-l", ip, "-p", "11211", "-u", os.userInfo().username];
            case "lgtm-alloy-singleton":
            case "lgtm-alloy-singleton-1":
            case "lgtm-alloy-singleton-2":
                return clustered ? this.clusterArgs(part) : [];
            case "lgtm-grafana":
                installPyroscopePlugin(this.mounted(part, "/var/lib/grafana"));
                return [
                    "server",
                    "--homepath",
                    programHome("grafana"),
                    "--config",
                    this.mounted(part, "/etc/grafana/grafana.ini"),
                ];
            default:
                return [];
        }
    }
}

/** The login of the live Grafana. */
export const grafanaLogin = { user: "admin", password: "the-password-of-grafana" };

const pyroscopePlugin = "grafana-pyroscope-datasource";

/** Grafana before 10.1 does not have this plugin, and does not forward requests to data sources of an unknown type. */
function installPyroscopePlugin(dataFolder: string): void {
    const folder = path.join(dataFolder, "plugins", pyroscopePlugin);
    fs.mkdirSync(folder, { recursive: true });
    const plugin = { type: "datasource", id: pyroscopePlugin, name: "Pyroscope", info: { version: "1.0.0" } };
    fs.writeFileSync(path.join(folder, "plugin.json"), JSON.stringify(plugin));
    fs.writeFileSync(path.join(folder, "module.js"), "");
}

/** The installation folder of a program on the PATH. Its executable is in the subfolder bin. */
function programHome(program: string): string {
    const found = (process.env["PATH"] ?? "")
        .split(path.delimiter)
        .map((folder) => path.join(folder, program))
        .find((file) => fs.existsSync(file));
    return path.dirname(path.dirname(fs.realpathSync(found ?? program)));
}

/** The name of the pod of a replica. */
function podName(part: Part, { name }: Workload): string {
    return part === firstOf(part) ? `${name}-0` : part;
}

/** Rulers are configured with the parent folder of the folders of tenants, and the container with the Secrets of receivers with theirs. */
function parentFolder(mountPath: string): string[] {
    return /\/(rules|alertmanager-secrets)\/[^/]+$/.test(mountPath) ? [path.dirname(mountPath)] : [];
}

function addressOf(part: Part, subnet: string): string {
    return `${subnet}.${LiveStack.hostNumber(part)}`;
}

/** The first pod of each workload of the stack. */
function ownPods(objects: KubernetesObject[], subnet: string): Pod[] {
    return objects
        .filter(({ kind }) => ["Deployment", "StatefulSet", "DaemonSet"].includes(kind))
        .map(({ metadata: { name }, spec }, index) => {
            const { metadata, spec: pod } = (spec as Record<string, any>)["template"];
            return {
                name: `${name}-0`,
                namespace: "monitoring",
                uid: `00000000-0000-0000-0001-${String(index).padStart(12, "0")}`,
                ip: addressOf(name as Part, subnet),
                deployment: name,
                labels: metadata.labels,
                annotations: metadata.annotations ?? {},
                containers: pod.containers.map(({ name: container, ports = [] }: Container) => ({
                    name: container,
                    ports: ports.map(({ name: port = "", containerPort }) => ({ name: port, containerPort })),
                })),
            };
        });
}

function byte(): number {
    return 1 + Math.floor(Math.random() * 254);
}

type Secrets = Record<string, Record<string, string>>;

interface Mount {
    name: string;
    mountPath: string;
    subPath?: string;
}

interface ConfigMapVolume {
    name: string;
    items?: { key: string; path: string }[];
}

/** The files of a ConfigMap volume. */
function filesOf(volume: ConfigMapVolume | undefined, objects: KubernetesObject[]): [string, string][] {
    const configMap = objects.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === volume?.name);
    const data = ((configMap as any)?.["data"] ?? {}) as Record<string, string>;
    return volume?.items
        ? volume.items.map(({ key, path: file }): [string, string] => [file, data[key] ?? ""])
        : Object.entries(data);
}
