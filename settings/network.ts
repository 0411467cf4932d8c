import type { StackComponent } from "../validation/components";
import { absentComponents } from "./components";
import type { Mistake, Rule } from "./rule";
import type { CheckedSettings } from "./schema";

/** Rules about further connections of components. */
export const networkRules: Rule[] = (["ingress", "egress"] as const).map((direction) => ({
    reads: [`networkPolicies.${direction}`, "components", "external", "objectStore.kind"],
    conditions: ["components", "external", "objectStore.kind"],
    mistakes: (settings) => connectionMistakes(direction, settings),
}));

function connectionMistakes(direction: "ingress" | "egress", settings: CheckedSettings): Mistake[] {
    const absent: StackComponent[] = absentComponents(settings);
    return settings.networkPolicies[direction].flatMap(({ component, namespaces = [], cidrs = [] }, index) => {
        const mistake = (key: string, message: string): Mistake => ({
            path: ["networkPolicies", direction, index, key],
            message,
            sentence: true,
        });
        return [
            ...(absent.includes(component)
                ? [
                      mistake(
                          "component",
                          "has no effect, because the stack does not deploy this component; remove the entry",
                      ),
                  ]
                : []),
            ...(namespaces.length + cidrs.length === 0
                ? [
                      mistake(
                          "namespaces",
                          `is missing; the ${direction === "ingress" ? "source" : "destination"} needs namespaces or cidrs`,
                      ),
                  ]
                : []),
        ];
    });
}

/** Connections that are denied or allowed against expectation. Sentences that begin with the key of a setting. */
export function networkWarnings({
    networkPolicies,
    dapr,
    collectFrom,
    grafana,
}: Pick<CheckedSettings, "networkPolicies" | "dapr" | "collectFrom" | "grafana">): string[] {
    const { enabled, clientNamespaces, clientLabels, ingressNamespaces, ingressCidrs } = networkPolicies;
    const clients = clientNamespaces ?? [...dapr.namespaces, ...(collectFrom.namespaces ?? [])];
    const labels = Object.entries(clientLabels).map(([key, value]) => `${key}=${value}`);
    const published =
        grafana.rootUrl !== undefined || grafana.ingress.host !== undefined || grafana.gateway.host !== undefined;
    const found = [
        enabled &&
            clients.length === 0 &&
            `networkPolicies.clientNamespaces is not set: ${
                labels.length === 0
                    ? "no namespace can send data to the stack"
                    : `only namespaces with ${labels.length === 1 ? "the label" : "the labels"} ${labels.join(", ")} can send data to the stack`
            }`,
        enabled &&
            published &&
            ingressNamespaces.length + ingressCidrs.length === 0 &&
            "networkPolicies.ingressNamespaces is not set: every address can connect to the port of Grafana; set it to the namespace of the ingress controller",
    ];
    return found.filter((warning) => warning !== false);
}
