"""Search engines behind one interface (`prospects.search.hits.Engine`): a module each."""
