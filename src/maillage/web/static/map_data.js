// Values and names, each asked for once; classes, ranks and numbers in words.
const kept = new Map();

function get(address) {
  if (!kept.has(address)) {
    kept.set(address, fetch(address).then((answer) => {
      if (!answer.ok) throw new Error(`${answer.status} ${address}`);
      return answer.json();
    }).catch((error) => { kept.delete(address); throw error; }));
  }
  return kept.get(address);
}

export function fetchValues(config, { indicator, level, period }) {
  const query = new URLSearchParams({ indicator, level, lang: config.lang });
  if (period) query.set("period", period);
  return get(`${config.values || "/api/values"}?${query}`);
}

export function fetchTerritories(config, level) {
  return get(`/api/territories?${new URLSearchParams({ level })}`);
}

export function classOf(shown, value) {
  if (value === null) return -1;
  const inner = shown.limits.length - 2;
  let rank = 0;
  while (rank < inner && value >= shown.limits[rank + 1]) rank += 1;
  return rank;
}

export function rankOf(shown, value) {
  let before = 0;
  let count = 0;
  for (const other of shown.values) {
    if (other === null) continue;
    count += 1;
    if (shown.worst === "low" ? other < value : other > value) before += 1;
  }
  return [before + 1, count];
}

const formats = new Map();

export function formatter(lang, decimals) {
  const key = `${lang}${decimals}`;
  if (!formats.has(key)) {
    const format = new Intl.NumberFormat(lang === "fr" ? "fr-FR" : "en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    formats.set(key, (value) => format.format(value));
  }
  return formats.get(key);
}
