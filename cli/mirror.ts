import * as fs from "fs";
import * as os from "os";
import * as path from "path";
import { Command, InvalidArgumentError } from "commander";
import { isRegistry, registryForm } from "../validation/names";
import { stackNames } from "./evaluate";
import { requireHelm } from "./helm";
import { fileDigest, pullChart, pushChart, remoteChartDigest } from "./mirror/charts";
import { checkNames, imagesOf, mirroredName, remoteCharts } from "./mirror/content";
import { copyImage, imageDigest, pullImage, pushImage, requireCrane } from "./mirror/crane";
import { layoutFolder, layoutMistake } from "./mirror/layout";
import { lockMistake, type MirrorLock, readLock, writeLock } from "./mirror/lock";
import { verboseHelp } from "./options";
import { run, start } from "./run";
import { withProgress } from "./tasks";

interface MirrorOptions {
    out?: string;
    registry?: string;
    from?: string;
    stack?: string[];
    list?: boolean;
    check?: boolean;
    mirror?: string;
    platform: string;
    lock: string;
    updateLock?: boolean;
    plainHttp?: boolean;
    verbose?: boolean;
}

export const command = new Command("mirror")
    .description(
        "Copies all charts and images of the stacks to a folder or to a registry, for sites without access to the internet. Checks their checksums against a lock file. Needs helm, and crane for the images.",
    )
    .option("--out <dir>", "folder for the charts (charts/) and the images (images/, as OCI image layouts)")
    .option(
        "--registry <registry>",
        "registry with an optional path, such as registry.example.com/mirror",
        parseRegistry,
    )
    .option("--from <dir>", "with --registry: upload the content of a folder that --out wrote. Needs no other network.")
    .option("--stack <name...>", "only these stacks (default: all stack files)")
    .option("--list", "print the charts and the images, and copy nothing")
    .option("--check", "copy nothing, and fail if the folder or the registry differs from the lock file")
    .option(
        "--mirror <path>",
        "source of all charts: a folder of .tgz files, an oci:// registry, or the URL of a Helm repository (default: the repository of each chart)",
    )
    .option("--platform <platform>", "platform of the images, such as linux/amd64", "all")
    .option("--lock <file>", "lock file", "mirror.lock.json")
    .option(
        "--update-lock",
        "accept checksums that differ from the lock file, and forget charts and images that no stack uses",
    )
    .option("--plain-http", "the registry of --registry has no TLS")
    .option("--verbose", verboseHelp)
    .action((options: MirrorOptions) => run(() => mirror(options), options));

async function mirror(options: MirrorOptions): Promise<void> {
    checkOptions(options);
    if (options.from !== undefined) {
        await upload(options.from, options);
        return;
    }
    await requireHelm();
    const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "mirror-"));
    try {
        await mirrorStacks(options, temporary);
    } finally {
        fs.rmSync(temporary, { recursive: true });
    }
}

function checkOptions({ out, registry, from, list, check }: MirrorOptions): void {
    if (from !== undefined && (registry === undefined || out !== undefined || list || check)) {
        throw new Error("--from needs --registry, and none of --out, --list and --check");
    }
    if (from !== undefined && !fs.existsSync(from)) {
        throw new Error(`the folder ${from} of --from does not exist; create it with: npm run mirror -- --out ${from}`);
    }
    if (list === true) {
        return;
    }
    if ([out, registry].filter((target) => target !== undefined).length !== 1) {
        throw new Error("set --out to a folder or --registry to a registry, or use --list");
    }
}

/** All charts, and the images of the stacks, by the names in the lock file. */
interface Content {
    charts: Map<string, { chart: string; version: string }>;
    images: string[];
}

async function mirrorStacks(options: MirrorOptions, temporary: string): Promise<void> {
    const { out, registry, list, check } = options;
    const chartsFolder = out === undefined || check || list ? path.join(temporary, "charts") : path.join(out, "charts");
    const content = await findContent(options, chartsFolder);
    if (list) {
        console.log([...[...content.charts.keys()].sort(), ...content.images].join("\n"));
        return;
    }
    await requireCrane();
    if (check) {
        await checkCopies(content, options, temporary);
        return;
    }
    const lock = readLock(options.lock);
    if (lock !== undefined && lock.platform !== options.platform && !options.updateLock) {
        throw new Error(
            `the lock file ${options.lock} is for the platform "${lock.platform}"; use --platform ${lock.platform}, or --update-lock`,
        );
    }
    const found = await checksums(content, options, chartsFolder);
    checkLock(found, lock, options);
    await copyAll(content, found, options, chartsFolder);
    const kept = options.updateLock ? { charts: {}, images: {} } : (lock ?? { charts: {}, images: {} });
    const complete = {
        charts: { ...kept.charts, ...found.charts },
        images: { ...kept.images, ...found.images },
        platform: options.platform,
    };
    writeLock(options.lock, complete);
    if (out !== undefined) {
        // The copy on the other side of the gap needs the checksums too.
        writeLock(path.join(out, "mirror.lock.json"), found);
        console.log(`Charts and images are in ${out}, and their checksums in ${options.lock}.`);
        console.log(`To upload them without internet: npm run mirror -- --from ${out} --registry REGISTRY`);
    } else if (registry !== undefined) {
        printSettings(registry);
    }
}

async function findContent({ stack, mirror: source }: MirrorOptions, chartsFolder: string): Promise<Content> {
    const stacks = stack ?? stackNames();
    const charts = remoteCharts(source);
    await withProgress(`${charts.size} charts`, async (onProgress) => {
        for (const [file, chart] of charts) {
            onProgress(file);
            await pullChart(chart, chartsFolder);
        }
    });
    const images = new Set<string>();
    // One after another, because the program of a stack uses global state.
    for (const name of stacks) {
        (await imagesOf(name, chartsFolder)).forEach((image) => images.add(image));
    }
    checkNames([...images]);
    return { charts, images: [...images].sort() };
}

/** The checksums of everything that is to be copied. */
async function checksums(content: Content, options: MirrorOptions, chartsFolder: string): Promise<MirrorLock> {
    const charts = new Map<string, string>();
    for (const file of content.charts.keys()) {
        charts.set(file, await fileDigest(path.join(chartsFolder, file)));
    }
    const images = new Map<string, string>();
    await withProgress("Digests of the images", async (onProgress) => {
        for (const image of content.images) {
            onProgress(image);
            const digest = await imageDigest(image, { platform: options.platform, insecure: false });
            if (digest === undefined) {
                throw new Error(`the image ${image} does not exist; check the Helm values of the stack`);
            }
            images.set(image, digest);
        }
    });
    return { charts: Object.fromEntries(charts), images: Object.fromEntries(images), platform: options.platform };
}

function checkLock(found: MirrorLock, lock: MirrorLock | undefined, { lock: file, updateLock }: MirrorOptions): void {
    const mistakes = [
        ...Object.entries(found.charts).map(([chart, sum]) => lockMistake(`chart ${chart}`, sum, lock?.charts[chart])),
        ...Object.entries(found.images).map(([image, sum]) => lockMistake(`image ${image}`, sum, lock?.images[image])),
    ].filter((mistake) => mistake !== undefined);
    if (mistakes.length > 0 && !updateLock) {
        throw new Error(
            `the source has changed since ${file} was written, and nothing was copied:\n${list(mistakes)}\nFind out why. If the change is expected, use --update-lock.`,
        );
    }
}

/** Copies what is missing. Images that are complete are not copied again. */
async function copyAll(content: Content, found: MirrorLock, options: MirrorOptions, chartsFolder: string) {
    const { out, registry = "", platform, plainHttp: insecure = false } = options;
    await withProgress(`${content.images.length} images`, async (onProgress) => {
        for (const [index, image] of content.images.entries()) {
            onProgress(`${index + 1} of ${content.images.length}: ${image}`);
            const digest = found.images[image] ?? "";
            const source = `${image.replace(/(:[^:/]*)?(@.*)?$/, "")}@${digest}`;
            if (out === undefined) {
                const target = mirroredName(image, registry).replace(/@.*$/, "");
                if ((await imageDigest(target, { platform, insecure })) !== digest) {
                    await copyImage(source, target, { platform, insecure });
                }
                continue;
            }
            const folder = path.join(out, layoutFolder(image));
            if ((await layoutMistake(folder, digest)) !== undefined) {
                fs.rmSync(folder, { recursive: true, force: true });
                fs.mkdirSync(path.dirname(folder), { recursive: true });
                await pullImage(source, folder, { platform, insecure: false });
                const mistake = await layoutMistake(folder, digest);
                if (mistake !== undefined) {
                    throw new Error(`the copy of ${image} in ${folder} ${mistake}`);
                }
            }
        }
    });
    if (out === undefined) {
        await pushCharts([...content.charts.keys()], chartsFolder, registry, insecure);
    }
}

async function pushCharts(files: string[], folder: string, registry: string, insecure: boolean): Promise<void> {
    await withProgress(`${files.length} charts`, async (onProgress) => {
        for (const file of files) {
            onProgress(file);
            await pushChart(path.join(folder, file), `${registry}/charts`, insecure);
        }
    });
}

/** Uploads a folder. Only what its lock file lists, and only if all checksums are correct. */
async function upload(from: string, { registry = "", platform, plainHttp: insecure = false }: MirrorOptions) {
    await Promise.all([requireHelm(), requireCrane()]);
    const lock = readLock(path.join(from, "mirror.lock.json"));
    if (lock === undefined) {
        throw new Error(`the folder ${from} has no mirror.lock.json; create it with: npm run mirror -- --out ${from}`);
    }
    const mistakes = await folderMistakes(from, lock);
    if (mistakes.length > 0) {
        throw new Error(`the folder ${from} is not complete, and nothing was uploaded:\n${list(mistakes)}`);
    }
    const images = Object.keys(lock.images);
    await withProgress(`${images.length} images`, async (onProgress) => {
        for (const [index, image] of images.entries()) {
            onProgress(`${index + 1} of ${images.length}: ${image}`);
            const target = mirroredName(image, registry).replace(/@.*$/, "");
            await pushImage(path.join(from, layoutFolder(image)), target, { platform, insecure });
        }
    });
    await pushCharts(Object.keys(lock.charts), path.join(from, "charts"), registry, insecure);
    printSettings(registry);
}

async function checkCopies(content: Content, options: MirrorOptions, temporary: string): Promise<void> {
    const { out, registry = "", lock: file } = options;
    const lock = readLock(file);
    if (lock === undefined) {
        throw new Error(`the lock file ${file} does not exist; create it with: npm run mirror -- --out FOLDER`);
    }
    const unlocked = [
        ...[...content.charts.keys()].filter((chart) => lock.charts[chart] === undefined),
        ...content.images.filter((image) => lock.images[image] === undefined),
    ].map((name) => `${name} is used by a stack, but it is not in ${file}`);
    const pick = (map: Record<string, string>, names: string[]) =>
        Object.fromEntries(Object.entries(map).filter(([name]) => names.includes(name)));
    const used = {
        charts: pick(lock.charts, [...content.charts.keys()]),
        images: pick(lock.images, content.images),
        platform: lock.platform,
    };
    const copies =
        out === undefined
            ? await registryMistakes(content, used, registry, options, temporary)
            : await folderMistakes(out, used);
    const mistakes = [...unlocked, ...copies];
    if (mistakes.length > 0) {
        throw new Error(`${out ?? registry} is not a complete mirror:\n${list(mistakes)}`);
    }
    const counts = `${Object.keys(used.charts).length} charts and ${Object.keys(used.images).length} images`;
    console.log(`All ${counts} are in ${out ?? registry} with the checksums of ${file}.`);
}

async function folderMistakes(folder: string, { charts, images }: MirrorLock): Promise<string[]> {
    const mistakes: string[] = [];
    for (const [chart, sum] of Object.entries(charts)) {
        const file = path.join(folder, "charts", chart);
        const found = fs.existsSync(file) ? await fileDigest(file) : undefined;
        const mistake = found === undefined ? `chart ${chart} is missing` : lockMistake(`chart ${chart}`, found, sum);
        mistakes.push(...(mistake === undefined ? [] : [mistake]));
    }
    for (const [image, digest] of Object.entries(images)) {
        const mistake = await layoutMistake(path.join(folder, layoutFolder(image)), digest);
        mistakes.push(...(mistake === undefined ? [] : [`image ${image} ${mistake}`]));
    }
    return mistakes;
}

async function registryMistakes(
    content: Content,
    { charts, images, platform }: MirrorLock,
    registry: string,
    { plainHttp: insecure = false }: MirrorOptions,
    temporary: string,
): Promise<string[]> {
    const mistakes: (string | undefined)[] = [];
    await withProgress(`Content of ${registry}`, async (onProgress) => {
        for (const [image, digest] of Object.entries(images)) {
            onProgress(image);
            const target = mirroredName(image, registry).replace(/@.*$/, "");
            const found = await imageDigest(target, { platform, insecure });
            mistakes.push(
                found === undefined ? `image ${target} is missing` : lockMistake(`image ${target}`, found, digest),
            );
        }
        for (const [file, sum] of Object.entries(charts)) {
            onProgress(file);
            const chart = content.charts.get(file);
            const found = chart && (await remoteChartDigest(chart, `${registry}/charts`, insecure, temporary));
            mistakes.push(found === undefined ? `chart ${file} is missing` : lockMistake(`chart ${file}`, found, sum));
        }
    });
    return mistakes.filter((mistake) => mistake !== undefined);
}

function printSettings(registry: string): void {
    console.log(
        [
            `Charts and images are in ${registry}. Add these settings to the stack file:`,
            "",
            "  observability:charts:",
            `    mirror: oci://${registry}/charts`,
            "  observability:images:",
            `    registry: ${registry}`,
        ].join("\n"),
    );
}

function list(lines: string[]): string {
    return lines.map((line) => `  - ${line}`).join("\n");
}

function parseRegistry(text: string): string {
    const registry = text.replace(/^(oci|https):\/\//, "").replace(/\/+$/, "");
    if (!isRegistry(registry)) {
        throw new InvalidArgumentError(`It must be ${registryForm}.`);
    }
    return registry;
}

start(command, module);
