import { group, setting } from "./setting";
import { oneOf } from "./types";

/** How each store runs: as one process, or as separate parts. */
export const mode = group(
    {
        loki: setting(oneOf("monolithic", "distributed").default("monolithic"), {
            description:
                '"monolithic": every replica of Loki runs all of its parts. "distributed": each part has its own pods. The address of Loki stays the same. `npm run migrate -- loki-mode` changes the mode without losing logs.',
            type: "StoreMode",
            example: "distributed",
        }),
        mimir: setting(oneOf("monolithic", "distributed").default("monolithic"), {
            description:
                '"monolithic": every replica of Mimir runs all of its parts. "distributed": each part has its own pods, in the classic architecture without Kafka. The address of Mimir stays the same. `npm run migrate -- mimir-mode` changes the mode without losing samples.',
            type: "StoreMode",
            example: "distributed",
        }),
        tempo: setting(oneOf("monolithic", "distributed").default("monolithic"), {
            description:
                '"monolithic": Tempo is one process with one replica. "distributed": each part has its own pods, without Kafka. The address of Tempo stays the same. `npm run migrate -- tempo-mode` changes the mode without losing traces.',
            type: "StoreMode",
            example: "distributed",
        }),
        pyroscope: setting(oneOf("monolithic", "distributed").default("monolithic"), {
            description:
                '"monolithic": Pyroscope is one process with one replica. "distributed": each part has its own pods, and several replicas have the index. The address of Pyroscope stays the same. `npm run migrate -- pyroscope-mode` changes the mode without losing profiles.',
            type: "StoreMode",
            example: "distributed",
        }),
    },
    {
        description:
            "How the stores run. One process for everything is simpler and needs less. Separate parts can be scaled one by one: see docs/scale.md.",
        interface: "ModeArgs",
    },
);
