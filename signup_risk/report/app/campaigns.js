// Campaigns: how large, since when, known by what, and what was decided about the members in this file.

// Four decisions in one small bar; the words for those who do not see it.
function split(counts) {
  const all = d3.sum(counts);
  const parts = counts.map((count, place) => {
    const part = el("span", { class: `part ${DECISIONS[place]}` });
    part.style.flexGrow = String(count);
    return count ? part : null;
  });
  const words = counts
    .map((count, place) => (count ? `${whole(count)} ${decisionName(place)}` : null))
    .filter(Boolean)
    .join(", ");
  return el(
    "span",
    { class: "split", title: words },
    el("span", { class: "parts", "aria-hidden": "true" }, all ? parts : null),
    el("span", { class: "unseen" }, words),
  );
}

const notAllowed = (counts) => share(d3.sum(counts) - counts[0], d3.sum(counts));

function known({ signature, shared, cells }) {
  const list = (title, texts) =>
    texts.length
      ? [
          el("p", null, title),
          el(
            "ul",
            null,
            texts.map((text) => el("li", null, bdi(text))),
          ),
        ]
      : [];
  const inside = [...list("Shared", shared), ...list("Combinations", cells)];
  if (!inside.length) return bdi(signature || "\u2013");
  return el("details", null, el("summary", null, bdi(signature || "more")), inside);
}

function campaignButton({ place }) {
  return el(
    "button",
    { type: "button", class: "link", title: "Show its sign-ups", onclick: () => ask({ campaign: place }) },
    bdi(brief(campaignName(place), 48)),
  );
}

const campaignColumns = [
  { name: "id", label: "Campaign", value: ({ id }) => id, cell: campaignButton, rowHead: true },
  {
    name: "status",
    label: "Status",
    value: ({ status }) => status,
    cell: ({ status }) => bdi(status || "\u2013"),
    roomy: true,
  },
  {
    name: "size",
    label: "Size",
    value: ({ size: members }) => members,
    cell: ({ size: members }) => whole(members),
    number: true,
    wide: true,
  },
  {
    name: "here",
    label: "In this file",
    value: ({ decisions }) => d3.sum(decisions),
    cell: ({ decisions }) => whole(d3.sum(decisions)),
    number: true,
  },
  {
    name: "stopped",
    label: "Not allowed",
    value: ({ decisions }) => notAllowed(decisions),
    cell: ({ decisions }) => el("span", { class: "with-split" }, percent(notAllowed(decisions)), split(decisions)),
    number: true,
  },
  {
    name: "first",
    label: "First seen (UTC)",
    value: ({ first_seen }) => first_seen,
    cell: ({ first_seen }) => (first_seen === null ? "\u2013" : moment(first_seen)),
    wide: true,
  },
  { name: "known", label: "Known by", value: ({ signature }) => signature, cell: known, wide: true },
];

function drawCampaigns() {
  const section = byId("campaigns");
  section.append(heading("campaigns", "Campaigns"));
  const { campaigns } = report;
  if (!campaigns.length) {
    section.append(note("No sign-up of this file was known to belong to a campaign when it was assessed."));
    return;
  }
  const table = sortableTable({
    caption: "Campaigns",
    columns: campaignColumns,
    order: { name: "here", descending: true },
    most: 12,
  });
  table.update(campaigns.map((campaign, place) => ({ ...campaign, place })));
  const rest = report.counts.campaigns - campaigns.length;
  section.append(
    note(
      report.campaignSource === "report"
        ? "From the report of campaigns, whatever is chosen above; members are those found over the whole history."
        : "As the assessments told them, whatever is chosen above; who came before a campaign was opened is no member.",
    ),
    table.node,
    rest ? note(`${plural(rest, "smaller campaign")} left out.`) : "",
  );
}
