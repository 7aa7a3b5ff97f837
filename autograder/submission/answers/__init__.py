"""answers.yaml as students write it: parsed leniently, its numbers worked out, its slips said."""
