import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { mirrorMistakes } from "../../components/helm/source";
import { resolveSettings, type Settings } from "../../settings/resolve";
import { requiredCharts } from "../../stack/required-charts";

/** What a mirror folder with the charts of the default settings lacks for other settings, as sentences. */
export function chartsMissingByDefault(settings: Settings): string[] {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mirror-"));
    for (const { name, version } of requiredCharts(resolveSettings({}))) {
        fs.writeFileSync(path.join(folder, `${name}-${version}.tgz`), "");
    }
    const found = mirrorMistakes(folder, requiredCharts(settings));
    fs.rmSync(folder, { recursive: true });
    return found;
}
