"""Speed and memory as ratios measured in one run: absolute figures depend on the machine, ratios less so."""
