// expect TS2584
console.log('a core package prints nothing')
