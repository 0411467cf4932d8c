import { addressForm, isAddress, isSecretKey, secretKeyForm } from "./databases";
import { isLabel, labelForm } from "./names";

/** A Kafka cluster with its addresses. */
interface Kafka {
    name: string;
    brokers: readonly string[];
    existingSecret?: string | undefined;
    usernameKey?: string | undefined;
    passwordKey?: string | undefined;
    mechanism?: string | undefined;
}

/** Something wrong with a Kafka cluster: the path of its key, and a sentence without the key. */
export interface KafkaMistake {
    path: (string | number)[];
    message: string;
}

/** The name of the Redpanda of the stack, which is reserved. */
export const redpandaName = "redpanda";

/** Valid numbers of brokers, for error messages. */
export const redpandaReplicasForm = "1, 3 or 5";

/** An even number of brokers tolerates no more failures than the odd number below it. */
export function isRedpandaReplicas(replicas: number): boolean {
    return [1, 3, 5].includes(replicas);
}

/** The form of single values. The schema of the settings checks them with its own types. */
export function kafkaValueMistakes(clusters: readonly Kafka[]): KafkaMistake[] {
    return clusters.flatMap(({ name, brokers, usernameKey, passwordKey }, index) => {
        const checks: [key: string, value: string | undefined, valid: boolean, form: string][] = [
            ["name", name, isLabel(name), labelForm],
            ...brokers.map((broker): [string, string, boolean, string] => [
                "brokers",
                broker.replace(/^.*@/, "…@"),
                isAddress(broker),
                addressForm,
            ]),
            ["usernameKey", usernameKey, isSecretKey(usernameKey ?? ""), secretKeyForm],
            ["passwordKey", passwordKey, isSecretKey(passwordKey ?? ""), secretKeyForm],
        ];
        const wrong = checks
            .filter(([, value, valid]) => value !== undefined && !valid)
            .map(([key, value, , form]) => ({
                path: [index, key],
                message: `is ${JSON.stringify(value)}; it must be ${form}`,
            }));
        return brokers.length > 0
            ? wrong
            : [...wrong, { path: [index, "brokers"], message: "is empty; it must have at least one address" }];
    });
}

/** The mistakes in a list of Kafka clusters: names and addresses that are used twice, and keys that have no effect. */
export function kafkaMistakes(clusters: readonly Kafka[]): KafkaMistake[] {
    return clusters.flatMap((each, index) => {
        const before = clusters.slice(0, index);
        const sameName = before.findIndex(({ name }) => name === each.name);
        const addresses = (cluster: Kafka) => cluster.brokers.map((broker) => broker.toLowerCase());
        const shared = before.findIndex((other) =>
            addresses(other).some((address) => addresses(each).includes(address)),
        );
        const keys = (["usernameKey", "passwordKey", "mechanism"] as const).filter(
            (key) => each.existingSecret === undefined && each[key] !== undefined,
        );
        const found: [key: string, applies: boolean, message: string][] = [
            [
                "name",
                sameName >= 0,
                `is ${JSON.stringify(each.name)}, and so is that of cluster ${sameName + 1}; each cluster needs its own name`,
            ],
            [
                "brokers",
                shared >= 0,
                `has an address of cluster ${shared + 1}, so that the same metrics would be stored twice; remove one of them`,
            ],
            ...keys.map((key): [string, boolean, string] => [
                key,
                true,
                "has no effect without existingSecret; remove it",
            ]),
        ];
        return found.filter(([, applies]) => applies).map(([key, , message]) => ({ path: [index, key], message }));
    });
}
