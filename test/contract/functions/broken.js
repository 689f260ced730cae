// A module that fails while it is loaded.
throw new RangeError('broken while loading');
