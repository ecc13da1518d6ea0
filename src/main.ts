console.log("moat");
