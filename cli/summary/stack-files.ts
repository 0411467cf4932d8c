import { readYamlMap } from "../../components/helm/yaml";
import { isSecretKey } from "../../settings/schema";
import { flatten, type Scalar } from "../plan-format";
import { secretMarker } from "./effect";

/** A setting that differs between two stack files. */
export interface StackFileChange {
    setting: string;
    from?: Scalar;
    to?: Scalar;
}

/** Compares the settings of two stack files. Encrypted values, and settings that can be secret, are replaced by "[secret]". */
export function stackFileChanges(base: string, head: string): StackFileChange[] {
    const [before, after] = [base, head].map(settingsIn) as [Settings, Settings];
    return [...new Set([...before.keys(), ...after.keys()])]
        .filter((setting) => before.get(setting)?.value !== after.get(setting)?.value)
        .map((setting) => {
            const [from, to] = [before.get(setting), after.get(setting)];
            const changedSecret = from?.secret && to?.secret;
            return {
                setting,
                from: from?.secret ? secretMarker : from?.value,
                to: changedSecret ? `${secretMarker} (changed)` : to?.secret ? secretMarker : to?.value,
            };
        });
}

type Settings = Map<string, { value: Scalar; secret: boolean }>;

function settingsIn(file: string): Settings {
    const config = readYamlMap(file)["config"] ?? {};
    const entries = Object.entries(config).flatMap(([name, tree]) => {
        // A value that is no map has the path "".
        const values = Object.entries(flatten(tree));
        return values.map(([path, value]) => {
            const encrypted = /(^|\.)secure$/.test(path);
            const setting = `${name.replace(/^observability:/, "")}.${path}`
                .replace(/\.(secure)?$/, "")
                .replace(".[", "[");
            return [setting, { value, secret: encrypted || isSecretKey(setting) }] as const;
        });
    });
    return new Map(entries);
}
