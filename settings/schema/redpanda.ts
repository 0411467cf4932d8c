import { isRedpandaReplicas, redpandaReplicasForm } from "../../validation/kafka";
import { group, type PerProfile, setting } from "./setting";
import { boolean, size, wholeNumber } from "./types";

const needs = { components: { redpanda: true } };

/** The Redpanda of the stack. */
export const redpanda = (per: PerProfile) =>
    group(
        {
            replicas: setting(wholeNumber(redpandaReplicasForm, isRedpandaReplicas).default(per({ dev: 1, prod: 3 })), {
                description:
                    "Number of brokers: 1, 3 or 5, and not more than nodes. With 1, each message is on one volume. It cannot be decreased.",
                example: 3,
                needs,
            }),
            size: setting(size().default(per({ dev: "5Gi", prod: "20Gi" })), {
                description: "Size of the volume of each broker.",
                example: "50Gi",
                needs,
            }),
            console: setting(boolean().default(true), {
                description:
                    "Whether Redpanda Console is deployed, a user interface for topics, messages and consumer groups. It has no login, and no Ingress.",
                example: false,
                needs,
            }),
        },
        { description: "The Redpanda of the stack, with components.redpanda.", interface: "StackRedpandaArgs" },
    );
