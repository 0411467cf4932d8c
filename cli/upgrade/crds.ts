import { isDeepStrictEqual } from "util";
import type { KubernetesObject } from "../manifests";
import { type Finding, findings } from "./finding";
import { crdKind, type ObjectChanges, type ObjectPair } from "./objects";

interface Definition extends KubernetesObject {
    spec: {
        group: string;
        scope?: string;
        names: { kind: string };
        versions: { name: string; served?: boolean; storage?: boolean }[];
    };
}

/** What changes of custom resource definitions mean for the custom resources in the cluster. */
export function crdFindings({ added, removed, kept }: ObjectChanges): Finding[] {
    const definitions = (objects: KubernetesObject[]) => objects.filter(({ kind }) => kind === crdKind) as Definition[];
    return [
        ...findings(
            "crds",
            "unsafe",
            definitions(removed).map(
                ({ metadata, spec }) =>
                    `CustomResourceDefinition ${metadata.name} is removed. Kubernetes then deletes every ${spec.names.kind} in the cluster.`,
            ),
        ),
        ...findings(
            "crds",
            "note",
            definitions(added).map(
                ({ metadata }) =>
                    `CustomResourceDefinition ${metadata.name} is added. A definition belongs to the whole cluster: if another release has created it, the deployment fails.`,
            ),
        ),
        ...kept.filter(({ from }) => from.kind === crdKind).flatMap(changes),
    ];
}

function changes({ from, to }: ObjectPair): Finding[] {
    const [before, after] = [from as Definition, to as Definition];
    const versions = ({ spec }: Definition, wanted: "served" | "storage") =>
        spec.versions.filter((version) => version[wanted]).map(({ name }) => name);
    const name = before.metadata.name;
    const [lost] = [versions(before, "served").filter((version) => !versions(after, "served").includes(version))];
    const [[stored], [newStored]] = [versions(before, "storage"), versions(after, "storage")];
    return [
        ...findings(
            "crds",
            "unsafe",
            lost.map(
                (version) =>
                    `CustomResourceDefinition ${name} no longer serves the version ${version}. Manifests with this version are refused.`,
            ),
        ),
        ...findings(
            "crds",
            "work",
            stored === newStored
                ? []
                : [
                      `CustomResourceDefinition ${name} stores objects as ${newStored} instead of ${stored}. Existing objects are converted when they are written the next time.`,
                  ],
        ),
        ...findings(
            "crds",
            "unsafe",
            before.spec.scope === after.spec.scope
                ? []
                : [
                      `CustomResourceDefinition ${name}: the scope is immutable and changes from ${before.spec.scope} to ${after.spec.scope}.`,
                  ],
        ),
        ...findings(
            "crds",
            "note",
            isDeepStrictEqual(before.spec, after.spec) ? [] : [`CustomResourceDefinition ${name} changes.`],
        ),
    ];
}
