export { Belfry };
