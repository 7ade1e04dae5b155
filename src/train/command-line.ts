import { completeSettings, type Settings } from './settings.ts';

/** The `train` command that makes a run again: what differs from the defaults, as flags. */
export function trainCommandLine(
  settings: Settings,
  {
    measureEvery,
    track,
  }: { readonly measureEvery?: number | undefined; readonly track?: string | undefined } = {},
): string {
  const defaults: Settings = completeSettings({ optimizer: settings.optimizer });
  const flags = (Object.keys(settings) as (keyof Settings)[])
    .filter((name) => settings[name] !== null)
    .filter((name) => name === 'optimizer' || settings[name] !== defaults[name])
    .filter((name) => name !== 'optimizer' || settings.optimizer !== 'adamw')
    .map((name) =>
      settings[name] === true ? `--${kebabCase(name)}` : `--${kebabCase(name)} ${settings[name]}`,
    );
  if (measureEvery !== undefined) flags.push(`--measure-every ${measureEvery}`);
  if (track !== undefined) flags.push(`--track ${track}`);
  return ['npx undertone train', ...flags].join(' ');
}

/** A setting's name as its flag is spelt, without the dashes before it. */
export function kebabCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
