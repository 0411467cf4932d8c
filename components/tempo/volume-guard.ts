import * as fs from "fs";
import * as path from "path";
import { quantityValue } from "../../validation/quantities";
import { refusingRateBytes } from "../../validation/refusing-rate";
import { contract, serviceHost } from "../contract";
import { taggedScriptImage } from "../helm/images";
import { packageRoot } from "../helm/package-root";
import { escapeTemplate, type HelmValues, mergeValues } from "../helm/values";
import type { TempoArgs } from "./args";

/** Name of the container that watches the volume. */
export const volumeGuard = "volume-guard";

const script = path.join("components", "tempo", `${volumeGuard}.sh`);
const volumeFolder = "/var/tempo";
const limitsFolder = "/limits";
const limitsFile = `${limitsFolder}/overrides.yaml`;
// Tempo's default of 10s would add to the 10 s within which distributors use changed limits.
const reloadPeriod = "2s";
/** The largest reserve. Tempo uses changed limits within 12 s, and writes a block of up to 500 MiB, its default, to the volume. */
const maxReserveGiB = 2;
const limitsVolume = { name: "limits", emptyDir: {} };
const limitsMount = { name: limitsVolume.name, mountPath: limitsFolder };

/** What a guard reads, and the limits that it writes. */
interface Guard {
    /** File with the limits of tenants, in a volume of the pod. */
    source: { volume: string; folder: string };
    /** Limits of tenants that refuse all spans. */
    refusing: HelmValues;
    /** What it watches, as in volume-guard.sh. */
    watched: string[];
    /** Volume with the data. */
    dataVolume?: string;
    /** Id of the user and the group. Default: those of the pod. */
    user?: number;
}

/**
 * Values that let monolithic Tempo refuse spans before its volume is full. A second container compares the free space with a reserve, and
 * replaces the file with the limits of tenants. Empty if the volume is an emptyDir, or the caller has a file with limits of its own.
 *
 * @param values the values with the limits of tenants.
 */
export function monolithicGuard(values: HelmValues, args: TempoArgs): HelmValues {
    const { persistence, tempo } = values;
    const own = args.values ?? {};
    if (persistence.enabled !== true || own["tempo"]?.overrides?.per_tenant_override_config !== undefined) {
        return {};
    }
    // All limits of a tenant stay, because the compactor in this process would delete traces by them.
    const tenants: HelmValues = { "*": tempo["overrides"]?.defaults, ...tempo["per_tenant_overrides"] };
    const containers = guardContainers(args, {
        source: { volume: "tempo-conf", folder: "/conf" },
        refusing: Object.fromEntries(
            Object.entries(tenants).map(([tenant, limits]) => [tenant, refusingAll(limits as HelmValues)]),
        ),
        watched: ["volume", volumeFolder, String(reserveKiB(persistence.size))],
        dataVolume: "storage",
    });
    return {
        ...added(own, containers),
        tempo: {
            extraVolumeMounts: [{ ...limitsMount, readOnly: true }, ...listOf(own["tempo"]?.extraVolumeMounts)],
            overrides: { per_tenant_override_config: limitsFile, per_tenant_override_period: reloadPeriod },
        },
    };
}

/**
 * Values that let distributed Tempo refuse spans before the volume of an ingester is full. The guard of an ingester changes limits that only
 * distributors use, but the ingester shows them in its metrics, where the guards of the distributors find them. Empty in the same cases as
 * {@link monolithicGuard}.
 */
export function distributedGuard(values: HelmValues, args: TempoArgs): HelmValues {
    const { ingester, overrides } = values;
    const own = args.values ?? {};
    if (ingester.persistence.enabled !== true || own["overrides"]?.per_tenant_override_config !== undefined) {
        return {};
    }
    const common = {
        source: { volume: "runtime-config", folder: "/runtime-config" },
        // Without the limits of single tenants, so that a change of them restarts no pod. These parts delete no traces.
        refusing: { "*": refusingAll(overrides.defaults as HelmValues) },
        // The user of the other container, who owns the files on the volume. The chart has no user for the pod.
        user: 1000,
    };
    const host = serviceHost(`${contract.tempo.release}-ingester-discovery`, args.namespace, args.clusterDomain);
    const size = String(reserveKiB(ingester.persistence.size));
    const part = (key: string, guard: Guard) => ({
        ...added((own[key] ?? {}) as HelmValues, guardContainers(args, guard)),
        extraVolumeMounts: [{ ...limitsMount, readOnly: true }, ...listOf(own[key]?.extraVolumeMounts)],
        // Flags have priority over the configuration, which all parts share.
        extraArgs: [
            `-config.per-user-override-config=${limitsFile}`,
            `-config.per-user-override-period=${reloadPeriod}`,
            ...listOf(values[key].extraArgs),
        ],
    });
    return {
        ingester: part("ingester", { ...common, watched: ["volume", volumeFolder, size], dataVolume: "data" }),
        distributor: part("distributor", {
            ...common,
            watched: ["ingesters", host, String(contract.tempo.ports.http)],
        }),
    };
}

/** The container that runs before Tempo, because Tempo does not start without the file, and the container beside it. */
function guardContainers({ imageRegistry }: TempoArgs, guard: Guard): object[] {
    const { source, refusing, watched, dataVolume, user } = guard;
    const mounts = [
        ...(dataVolume === undefined ? [] : [{ name: dataVolume, mountPath: volumeFolder }]),
        { name: source.volume, mountPath: source.folder, readOnly: true },
        limitsMount,
    ];
    return ["prepare", "watch"].map((mode) => ({
        name: mode === "watch" ? volumeGuard : `${volumeGuard}-${mode}`,
        image: taggedScriptImage(imageRegistry),
        command: ["sh", "-c"],
        args: [
            fs.readFileSync(path.join(packageRoot, script), "utf8"),
            ...[volumeGuard, mode, `${source.folder}/overrides.yaml`, limitsFile],
            escapeTemplate(JSON.stringify({ overrides: refusing })),
            ...watched,
        ],
        securityContext: {
            ...(user === undefined ? {} : { runAsNonRoot: true, runAsUser: user, runAsGroup: user }),
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
        },
        resources: { requests: { cpu: "5m", memory: "16Mi" }, limits: { memory: "32Mi" } },
        volumeMounts: mounts,
    }));
}

/** The containers and volumes of the guard before those of the caller. */
function added(own: HelmValues, [prepare, watch]: object[]): HelmValues {
    return {
        initContainers: [prepare, ...listOf(own["initContainers"])],
        extraContainers: [watch, ...listOf(own["extraContainers"])],
        extraVolumes: [limitsVolume, ...listOf(own["extraVolumes"])],
    };
}

function listOf(list: unknown): object[] {
    return (list ?? []) as object[];
}

function reserveKiB(size: unknown): number {
    const bytes = quantityValue(String(size)) ?? Infinity;
    return Math.floor(Math.min(bytes / 10, maxReserveGiB * 2 ** 30) / 2 ** 10);
}

/** Limits in which a request of any size is above the rate limit. All other limits are as before. */
function refusingAll(limits: HelmValues = {}): HelmValues {
    return mergeValues(limits, {
        ingestion: { rate_limit_bytes: refusingRateBytes, burst_size_bytes: refusingRateBytes },
    });
}
