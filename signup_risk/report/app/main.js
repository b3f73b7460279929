// Put the parts in their places, and draw all of them anew whenever other sign-ups are chosen.

drawTop();
const showControls = drawControls();
const parts = [drawOverview(), drawTime(), drawScores(), drawReasons()];
drawCampaigns();
drawGroups();
drawDetection();
drawSignups();
drawAbout();

onChosen((places) => {
  showControls(places);
  const found = summaryOf(places);
  for (const part of parts) part(found);
});
choose();
