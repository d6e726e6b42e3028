// A request that many models accept, and the Sora 2 Pro examples of both providers' documentation.

export const EXAMPLES = {
  any: {
    prompt:
      "A lighthouse on a cliff at dusk, in heavy rain. Its beam sweeps over the sea while the waves " +
      "break white on the rocks; slow aerial shot.",
    duration: 5,
    resolution: "720p",
    aspectRatio: "16:9",
  },
  runpod: {
    model: "sora-2-pro",
    prompt:
      "Action: She opened her hands. Ambient Sound: The soft crackling of the dying fire, a happy " +
      "ding from the timer. Character Dialogue: (Voice is high-pitched, bubbly) Welcome to my bakery!",
    image: "https://example.com/baker.jpeg",
    duration: 4,
  },
  runware: {
    model: "sora-2-pro",
    prompt:
      "A cinematic wide shot drifting slowly through a flooded mangrove forest at twilight during a " +
      "warm monsoon rain. The tangled roots rise from mirror-dark water, and every raindrop disturbs " +
      "glowing turquoise bioluminescent algae that ripple outward in delicate rings. Small " +
      "lantern-like jelly insects hover between branches, casting soft teal and amber light. A " +
      "narrow wooden skiff sits half-hidden among the roots, covered in wet woven baskets, seashell charms, " +
      "and a dim oil lamp. In the distance, thunderclouds pulse with silent violet lightning behind " +
      "layers of mist. The camera glides forward at water level with subtle parallax through leaves " +
      "and hanging vines, revealing tiny tree frogs, drifting pollen, and rain sliding from glossy " +
      "foliage. Soundscape: dense rainfall on leaves and water, soft insect chorus, distant thunder, " +
      "creaking wood, gentle water lapping. Ultra-detailed, naturalistic cinematic fantasy, precise " +
      "reflections, volumetric mist, moody color contrast, believable physics, cohesive atmosphere, " +
      "premium production quality.",
    size: "1792x1024",
    duration: 8,
  },
};
