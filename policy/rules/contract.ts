import { contract } from "../../components/contract";
import type { KubernetesObject } from "../objects";
import type { Finding, StackRule } from "../rule";

// Applications and the components use these Services. Alloy as the log collector and as the metrics scraper has none.
const services = Object.values(contract).flatMap((component) =>
    "service" in component
        ? [{ release: component.release, service: component.service, ports: Object.values<number>(component.ports) }]
        : [],
);

function belongsTo({ kind, metadata: { name, labels = {} } }: KubernetesObject, release: string, service: string) {
    return (
        ["Deployment", "StatefulSet"].includes(kind) &&
        (name === service || labels["app.kubernetes.io/instance"] === release)
    );
}

/** Applications depend on the names and ports of these Services. */
export const contractServices: StackRule = {
    name: "contract-services",
    description: "Each component that is deployed has the Service of the DNS contract, with all its ports.",
    checkAll: (objects): Finding[] =>
        services.flatMap(({ release, service, ports }) => {
            const found = objects.find(({ kind, metadata }) => kind === "Service" && metadata.name === service);
            const workload = objects.find((object) => belongsTo(object, release, service));
            if (found === undefined) {
                return workload === undefined
                    ? []
                    : [
                          {
                              object: workload,
                              message: `the Service ${service} of the DNS contract is missing, and applications connect to it by this name. Remove the Helm values that rename or disable the Service.`,
                          },
                      ];
            }
            const { ports: open, type } = (found["spec"] ?? {}) as Record<string, any>;
            const missing = ports.filter(
                (port) => !((open ?? []) as { port: number }[]).some((candidate) => candidate.port === port),
            );
            return [
                ...(missing.length === 0
                    ? []
                    : [
                          {
                              object: found,
                              message: `has no port ${missing.join(", ")}, which the DNS contract requires. Remove the Helm values that change the ports of the Service.`,
                          },
                      ]),
                ...(type === "ExternalName"
                    ? [
                          {
                              object: found,
                              message:
                                  "has the type ExternalName, so it does not lead to the pods of the component. Set the type ClusterIP.",
                          },
                      ]
                    : []),
            ];
        }),
};
