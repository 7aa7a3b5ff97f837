import math
def sig(t): return 1/(1+math.exp(-t))
def fnn_gradients(x1=4.0, w1=0.5, w2=0.2, y=1.0):
    m1=x1*w1; r=max(0,m1); m2=r*w2; y_hat=sig(m2)
    g={"dloss_ds":2,"ds_dy_hat":1,"dy_hat_dm2":sig(m2)*(1-sig(m2)),"dm2_dw2":r,"dm2_dr":w2,"dr_dm1":float(m1>0),"dm1_dw1":x1}
    g["dloss_dw2"]=g["dloss_ds"]*g["dy_hat_dm2"]*g["dm2_dw2"]
    g["dloss_dw1"]=g["dloss_ds"]*g["dy_hat_dm2"]*g["dm2_dr"]*g["dr_dm1"]*g["dm1_dw1"]
    return g
