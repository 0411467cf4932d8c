import * as fs from "fs";
import { loadAll } from "js-yaml";

export interface Rule {
    apiGroups: string[];
    resources: string[];
    verbs: string[];
}

export interface RbacManifest {
    kind: string;
    metadata: { name: string; namespace?: string };
    rules?: Rule[];
    roleRef?: { name: string };
}

export const rbacManifests = loadAll(fs.readFileSync(".ci/rbac.yaml", "utf8")) as RbacManifest[];

/** The verbs of a ClusterRole by kind of object, such as "apps/deployments". */
export function verbsOf(role: string): Map<string, string[]> {
    const found = rbacManifests.find(({ kind, metadata }) => kind === "ClusterRole" && metadata.name === role);
    return new Map(
        (found?.rules ?? []).flatMap(({ apiGroups, resources, verbs }) =>
            apiGroups.flatMap((group) => resources.map((resource) => [`${group}/${resource}`, verbs] as const)),
        ),
    );
}

/** The kind of an object as in a rule, such as "networking.k8s.io/ingresses". */
export function resourceOf({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
    const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
    const name = kind.toLowerCase();
    return `${group}/${name.endsWith("s") ? `${name}es` : name.endsWith("y") ? `${name.slice(0, -1)}ies` : `${name}s`}`;
}

/** The kinds of objects that a preview may not read, or that a deployment may not change. */
export function missingRules(objects: { apiVersion: string; kind: string }[]): string[] {
    const needs = { preview: ["get", "list", "watch"], deploy: ["get", "list", "watch", "create", "patch", "delete"] };
    return [...new Set(objects.map(resourceOf))].flatMap((resource) =>
        Object.entries(needs).flatMap(([identity, verbs]) => {
            const granted = ["cluster", "namespace", "applications"].flatMap(
                (scope) => verbsOf(`observability-${identity}-${scope}`).get(resource) ?? [],
            );
            const missing = verbs.filter((verb) => !granted.includes(verb));
            return missing.length === 0 ? [] : [`${identity} ${resource}: ${missing.join(", ")}`];
        }),
    );
}
