import { localRetention } from "../../validation/retention";
import { group, type PerProfile, setting } from "./setting";
import { duration, size } from "./types";

const needs = { components: { prometheus: true } };

/** The local Prometheus. */
export const prometheus = (per: PerProfile) =>
    group(
        {
            retention: setting(duration(localRetention).default("24h"), {
                description: `How long Prometheus keeps metrics, from ${localRetention.minimum} to ${localRetention.maximum}.`,
                example: "3d",
                needs,
            }),
            size: setting(size().default(per({ dev: "4Gi", prod: "20Gi" })), {
                description:
                    "Size of the volume of Prometheus. It deletes the oldest metrics if they need more than 80 % of it.",
                example: "50Gi",
                needs,
            }),
        },
        { description: "The local Prometheus, with components.prometheus.", interface: "StackPrometheusArgs" },
    );
