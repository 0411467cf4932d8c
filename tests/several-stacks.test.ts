import type { KubernetesObject } from "../cli/manifests";
import { describeWith } from "./helpers/prerequisites";
import { renderStack, type Workload, workloads } from "./helpers/rendered";

describeWith({ programs: ["helm"], mirror: true }, "two stacks in one cluster", () => {
    const namespaces = ["team-a", "team-b"];
    let rendered: KubernetesObject[][];
    beforeAll(async () => {
        rendered = [
            await renderStack("dev", { namespace: "team-a" }),
            await renderStack("prod", { namespace: "team-b" }),
        ].map(({ objects }) => objects);
    });

    test("have the namespace in the name of each object that belongs to the cluster", () => {
        rendered.forEach((objects, index) => {
            const names = objects
                .filter(({ metadata }) => metadata.namespace === undefined)
                .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
            expect(names.sort()).toEqual(
                ["ClusterRole", "ClusterRoleBinding"].flatMap((kind) =>
                    ["lgtm-alloy-logs", "lgtm-alloy-metrics", "otel-collector-opentelemetry-collector"].map(
                        (name) => `${kind} ${name}-${namespaces[index]}`,
                    ),
                ),
            );
        });
    });

    test("bind their roles only to their own ServiceAccounts", () => {
        rendered.forEach((objects, index) => {
            const accounts = objects
                .filter(({ kind }) => kind === "ServiceAccount")
                .map(({ metadata }) => metadata.name);
            const bindings = objects.filter(({ kind }) => kind === "ClusterRoleBinding") as Record<string, any>[];
            for (const { metadata, roleRef, subjects } of bindings) {
                expect(roleRef.name).toBe(metadata.name);
                expect(subjects).toEqual([
                    { kind: "ServiceAccount", name: expect.any(String) as string, namespace: namespaces[index] },
                ]);
                expect(accounts).toContain(subjects[0].name);
            }
        });
    });

    test("have all other objects in their namespace", () => {
        rendered.forEach((objects, index) => {
            const found = objects.flatMap(({ metadata }) => metadata.namespace ?? []);
            expect(new Set(found)).toEqual(new Set([namespaces[index]]));
        });
    });

    test("share no folder that they write, and no port of a node", () => {
        const [one, other] = rendered.map((objects) => workloads(objects));
        const folders = writtenFolders(one ?? []);
        expect(folders).toEqual(["/var/lib/lgtm-alloy-logs-team-a"]);
        expect(writtenFolders(other ?? [])).toEqual(["/var/lib/lgtm-alloy-logs-team-b"]);
        expect([...(one ?? []), ...(other ?? [])].flatMap(nodePorts)).toEqual([]);
    });
});

/** Folders of the node that pods mount, and not only read. */
function writtenFolders(all: Workload[]): string[] {
    return all.flatMap(({ pod }) =>
        ((pod["volumes"] ?? []) as { name: string; hostPath?: { path: string } }[]).flatMap(({ name, hostPath }) => {
            const mounts = pod.containers.flatMap((container) => container["volumeMounts"] ?? []) as {
                name: string;
                readOnly?: boolean;
            }[];
            const written = mounts.some((mount) => mount.name === name && mount.readOnly !== true);
            return hostPath !== undefined && written ? [hostPath.path] : [];
        }),
    );
}

/** Workloads with ports of the node. With hostNetwork, every port of a pod is one. */
function nodePorts({ name, pod }: Workload): string[] {
    const ports = pod.containers.flatMap((container) => container.ports ?? []) as { hostPort?: number }[];
    return pod["hostNetwork"] === true || ports.some(({ hostPort }) => hostPort !== undefined) ? [name] : [];
}
