import fc from 'fast-check';

// Where a property names a largest size it means it: without this, no list has more than ten items.
fc.configureGlobal({ defaultSizeToMaxWhenMaxSpecified: true });
