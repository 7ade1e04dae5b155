/** Which of the lab's pages is shown: the address's hash, so that links and the back button work. */

export type Place =
  | {
      readonly page: 'runs';
      readonly filter: string;
      readonly sort: string;
      readonly ascending: boolean;
    }
  | { readonly page: 'run'; readonly name: string }
  | { readonly page: 'compare'; readonly runs: readonly string[] }
  | { readonly page: 'sweeps' }
  | { readonly page: 'sweep'; readonly name: string }
  | { readonly page: 'new'; readonly from: string | null };

function placeOf(hash: string): Place {
  const [path, query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const given = new URLSearchParams(query);
  const [first, second] = path.split('/').map(decoded);
  if (first === 'runs' && second !== undefined && second !== '')
    return { page: 'run', name: second };
  if (first === 'sweeps') {
    return second === undefined || second === ''
      ? { page: 'sweeps' }
      : { page: 'sweep', name: second };
  }
  if (first === 'compare') {
    return {
      page: 'compare',
      runs: (given.get('runs') ?? '').split(',').filter((run) => run !== ''),
    };
  }
  if (first === 'new') return { page: 'new', from: given.get('from') };
  return {
    page: 'runs',
    filter: given.get('filter') ?? '',
    sort: given.get('sort') ?? 'created',
    ascending: given.get('order') === 'ascending',
  };
}

export function hashOf(place: Place): string {
  switch (place.page) {
    case 'run':
      return `#/runs/${encodeURIComponent(place.name)}`;
    case 'compare':
      return `#/compare?runs=${place.runs.map(encodeURIComponent).join(',')}`;
    case 'sweeps':
      return '#/sweeps';
    case 'sweep':
      return `#/sweeps/${encodeURIComponent(place.name)}`;
    case 'new':
      return place.from === null ? '#/new' : `#/new?${new URLSearchParams({ from: place.from })}`;
    case 'runs': {
      const query = new URLSearchParams();
      if (place.filter !== '') query.set('filter', place.filter);
      if (place.sort !== 'created') query.set('sort', place.sort);
      if (place.ascending) query.set('order', 'ascending');
      return query.size === 0 ? '#/runs' : `#/runs?${query}`;
    }
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export class Router {
  place = $state.raw<Place>(placeOf(location.hash));

  listen(): () => void {
    const visit = () => {
      this.place = placeOf(location.hash);
    };
    addEventListener('hashchange', visit);
    return () => removeEventListener('hashchange', visit);
  }

  /** The same page, said otherwise: no new step for the back button. */
  replace(place: Place): void {
    history.replaceState(null, '', hashOf(place));
    this.place = place;
  }

  go(place: Place): void {
    location.hash = hashOf(place);
  }
}
